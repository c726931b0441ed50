"""An index over the findings with a size, so that the last one of a place is found whatever the store's history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    measured = sa.text("records IS NOT NULL OR bytes IS NOT NULL")
    columns = ["place", "check_id", "sequence", "position"]
    op.create_index("glances_measured", "glances", columns, sqlite_where=measured, postgresql_where=measured)
