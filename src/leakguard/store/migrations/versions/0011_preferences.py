"""What an account prefers to read in, and when it was last used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COLUMNS = ("language", "zone")


def upgrade() -> None:
    """Add the columns, where a store has them not already."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("people")}
    for name in _COLUMNS:
        if name not in there:
            op.add_column("people", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    if "seen_at" not in there:
        op.add_column("people", sa.Column("seen_at", sa.Text()))
