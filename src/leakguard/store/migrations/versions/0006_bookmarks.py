"""Bookmarks, so that a watch need not fold all runs of a store to begin."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "bookmarks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sequence", whole, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
