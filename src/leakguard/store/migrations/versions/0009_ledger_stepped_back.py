"""An index of the entries whose clock was behind, so that every command about an incident can look for them."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.execute(
        "CREATE INDEX IF NOT EXISTS ledger_stepped_back ON ledger (sequence)"
        " WHERE replace(flags, 'clock_stepped_back', '') <> flags"
    )
