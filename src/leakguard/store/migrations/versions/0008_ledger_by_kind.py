"""An index of each subject's entries by their kind, so that an event is recorded without a look at all others."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ledger_by_kind", "ledger", ["subject", "kind", "sequence"], if_not_exists=True)
