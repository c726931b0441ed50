"""How the owner of a session logged in, so that an approval can say it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, where a store has it not already; of sessions that go on nobody knows it."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("sessions")}
    if "method" not in there:
        op.add_column("sessions", sa.Column("method", sa.Text(), nullable=False, server_default=""))
