"""Rows of deliveries and run states are listed in the ledger from here on; the tables stay as they are."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: what an upgrade lists, the store appends to its ledger in the same transaction."""
