"""The first schema: the ledger and the findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables and their indexes."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    needed = ("subject", "kind", "occurred_earliest", "occurred_latest", "recorded_at", "flags")
    hashes = ("content_sha256", "previous", "hash")
    op.create_table(
        "ledger",
        sa.Column("sequence", whole, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*needed, *hashes)),
        sa.Column("salt", sa.Text),
        sa.Column("content", sa.Text),
    )
    op.create_index("ledger_by_subject", "ledger", ["subject", "sequence"])
    op.create_table(
        "findings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("sequence", whole, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("findings_by_run", "findings", ["run", "sequence", "position"])
