"""How the sending of each letter stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "deliveries",
        sa.Column("incident", sa.Text, primary_key=True),
        sa.Column("batch", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "at", "message_id", "digest")),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("code", sa.Integer),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("queue_id", "reason")),
        sa.Column("sealed", whole),
        sa.Column("bounced", sa.Text, nullable=False),
        sa.Column("bounced_at", sa.Text),
    )
    op.create_index("deliveries_by_message", "deliveries", ["message_id"])
    op.create_index("deliveries_by_entry", "deliveries", ["sealed"])
