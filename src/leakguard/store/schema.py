"""The schema's version: a look when the store opens, the tables at once in a new one, alembic only for an upgrade."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from leakguard.store.engine import WRITE
from leakguard.store.failures import unusable
from leakguard.store.head_file import HeadFile
from leakguard.store.tables import METADATA
from leakguard.store.view_rows import rebuild

REVISION = "0003"
"""The newest file in `migrations/versions`."""
EARLIER: frozenset[str] = frozenset({"0001", "0002"})
"""Revisions that `migrations` can lift to the newest."""
VERSION_TABLE = "leakguard_schema"
"""Not alembic's own name, so that another program's database is never taken for ours."""
_VERSION_DDL = f"""
CREATE TABLE {VERSION_TABLE} (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num)
)
"""
"""As alembic makes it, and later changes what stands in it."""
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
        if found is None:
            _create(connection, head_file)
        else:
            _migrate(connection)
            rebuild(connection)


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


def _create(connection: Connection, head_file: HeadFile | None) -> None:
    """What all migrations together make, without them: a test holds the two against each other."""
    if head_file is not None:
        head_file.set_aside()
    METADATA.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(_VERSION_DDL)
    connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{REVISION}')")  # noqa: S608  (our own words)


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  (costs 0.2 s, and an up-to-date store needs none of it)
    from alembic.config import Config  # noqa: PLC0415  (as above)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
