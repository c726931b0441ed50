"""Run by alembic: changes the schema on the connection, and so inside the transaction, of the caller."""

from __future__ import annotations

from alembic import context

from leakguard.store.schema import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
