"""How far a run has come, and views of the findings that an overview can read at once.

The views are empty here: whoever lifts the schema fills them from the findings, see `store.rebuild`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "run_states",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("next_position", whole, nullable=False),
        sa.Column("pending", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
    )
    texts = ("id", "check_id", "place", "target", "address", "datastore", "outcome", "severity")
    op.create_table(
        "glances",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("sequence", whole, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("records", sa.Text),
        sa.Column("bytes", sa.Text),
        sa.Column("is_exact", sa.Integer, nullable=False),
        sa.Column("cluster_id", sa.Text),
        sa.Column("version", sa.Text),
    )
    op.create_table(
        "seen",
        sa.Column("check_id", sa.Text, primary_key=True),
        sa.Column("endpoint", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("first_open_at", whole),
        sa.Column("most_records", whole),
    )
