"""The schema's version: a look when the store opens, and alembic only when something has to change."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from leakguard.store.engine import WRITE
from leakguard.store.failures import unusable
from leakguard.store.head_file import HeadFile

REVISION = "0002"
"""The newest file in `migrations/versions`."""
EARLIER: frozenset[str] = frozenset({"0001"})
"""Revisions that `migrations` can lift to the newest."""
VERSION_TABLE = "leakguard_schema"
"""Not alembic's own name, so that another program's database is never taken for ours."""
MIGRATIONS = Path(__file__).parent / "migrations"


def ensure_schema(engine: Engine, name: str, head_file: HeadFile | None) -> None:
    """Create or lift the schema where needed; raises `StoreUnusable` for a newer or a foreign database."""
    with engine.connect() as connection:
        if _version(connection) == REVISION:
            return
    if engine.dialect.name == "sqlite":
        _write_ahead(engine)
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        found = _version(connection)
        if found == REVISION:
            return
        _refuse_foreign(connection, found, name)
        if found is None and head_file is not None:
            head_file.set_aside()
        _migrate(connection)


def _version(connection: Connection) -> str | None:
    if not engine_has(connection, VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  (our own name)
    return None if found is None else str(found)


def engine_has(connection: Connection, table: str) -> bool:
    """Whether the database has this table."""
    return connection.dialect.has_table(connection, table)


def _write_ahead(engine: Engine) -> None:
    """Let readers and a writer not wait for one another; the mode stays in the file, a transaction cannot set it."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


def _refuse_foreign(connection: Connection, found: str | None, name: str) -> None:
    if found is None and inspect(connection).get_table_names():
        raise unusable(name, "is a database of another program", "Name another file with --store.")
    if found is not None and found not in EARLIER:
        raise unusable(
            name,
            f"was written by a newer LeakGuard (schema {found}, this one knows {REVISION})",
            "Upgrade LeakGuard, or name another file with --store.",
        )


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  (costs 0.2 s, and an up-to-date store needs none of it)
    from alembic.config import Config  # noqa: PLC0415  (as above)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
