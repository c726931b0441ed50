"""The schema's version: a look when the store opens, the tables at once in a new one, alembic only for an upgrade."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.errors import LedgerBroken, StoreUnusable
from leakguard.logs import log
from leakguard.store.connection import Connection
from leakguard.store.drivers import Pool
from leakguard.store.failures import translated, unusable
from leakguard.store.head_file import HeadFile
from leakguard.store.tables import statements
from leakguard.store.view_rows import rebuild

if TYPE_CHECKING:
    import sqlalchemy

Lifted = Callable[[Connection], None]
"""What is done to a store whose release listed no rows, once its tables are lifted."""
REVISION = "0012"
"""The newest file in `migrations/versions`."""
EARLIER: frozenset[str] = frozenset(f"{number:04}" for number in range(1, int(REVISION)))
"""Revisions that `migrations` can lift to the newest."""
LISTS_ROWS = "0007"
"""The first revision whose ledger lists the rows beside it: a store of it has that list, and gets no second one."""
VERSION_TABLE = "leakguard_schema"
"""Not alembic's own name, so that another program's database is never taken for ours."""
VERSION_STATEMENT = f"""CREATE TABLE {VERSION_TABLE} (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"""
"""As alembic makes it, and later changes what stands in it."""
MOVED = "moved"
"""What stands in the place of the revision once a store was moved elsewhere."""
MIGRATIONS = Path(__file__).parent / "migrations"
_PATIENCE, _PAUSE = 2.0, 0.02
"""Seconds; who opens a new file at the same moment needs some hundredths of one."""


def ensure_schema(pool: Pool, place: str, name: str, head_file: HeadFile | None, lifted: Lifted) -> None:
    """Create or lift the schema where needed; raises `StoreUnusable` for a newer or a foreign database."""
    with pool.transaction() as connection:
        found = version_in(connection)
    if found == REVISION:
        return
    if found == MOVED:
        raise unusable(name, "was moved", "Name its new place as `store` in leakguard.toml, or with --store.")
    if found is not None:
        with _saying_why_it_writes(name, found):
            _lift(pool, place, name, lifted)
        return
    if pool.driver.is_sqlite:
        _write_ahead(pool)
    with pool.transaction(is_write=True) as connection:
        found = version_in(connection)
        if found is None:
            _create(connection, name, head_file)
    if found is not None:
        ensure_schema(pool, place, name, head_file, lifted)


def version_in(connection: Connection) -> str | None:
    """The revision of a database; nothing in what is no store of ours."""
    if VERSION_TABLE not in connection.tables():
        return None
    found = connection.first(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608  (our own name)
    return None if found is None else str(found[0])


def _write_ahead(pool: Pool, *, pause: Callable[[float], None] = time.sleep) -> None:
    """Let readers and a writer not wait for one another; the mode stays in the file, a transaction cannot set it.

    SQLite does not wait for its lock here: processes that open one new file at once would refuse one another.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with pool.plain() as connection:
                connection.run("PRAGMA journal_mode=WAL")
        except pool.driver.error as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            pause(_PAUSE)
        else:
            return


def _create(connection: Connection, name: str, head_file: HeadFile | None) -> None:
    """What all migrations together make, without them; a head that stands there belongs to a store that is gone."""
    if connection.tables():
        raise unusable(name, "is a database of another program", "Name another file with --store.")
    if head_file is not None and head_file.is_by_own_key:
        raise LedgerBroken(
            f"nothing was written, because the ledger that the key here signed is gone: {name} is empty or was deleted",
            next_step=f"Find it, or restore a backup. To begin a new one, move {head_file.path} away first, and keep "
            "it; `evidence verify --head FILE` shows with it what is lost.",
        )
    if head_file is not None:
        head_file.set_aside()
    for statement in (*statements(is_sqlite=connection.is_sqlite), VERSION_STATEMENT):
        connection.run(statement)
    connection.insert(VERSION_TABLE, ["version_num"], [(REVISION,)])


@contextmanager
def _saying_why_it_writes(name: str, found: str) -> Iterator[None]:
    """Whoever only reads would wonder why the store has to be written."""
    try:
        with translated(name):
            yield
    except StoreUnusable as error:
        if found not in EARLIER:
            raise
        raise unusable(
            name,
            f"is of an earlier release and has to be lifted to this one, which fails: {error.message}",
            f"{error.next_step} A copy with its .head file is as good.",
        ) from error


def _lift(pool: Pool, place: str, name: str, lifted: Lifted) -> None:
    """Run the migrations, fill the views and list the rows where no entry does, in one transaction."""
    from leakguard.store.engine import lifting  # noqa: PLC0415  (an up-to-date store must not load SQLAlchemy)

    with lifting(place, pool.driver) as (theirs, ours):
        found = version_in(ours)
        if found == REVISION:
            return
        if found not in EARLIER:
            raise unusable(
                name,
                f"was written by a newer LeakGuard (schema {found}, this one knows {REVISION})",
                "Upgrade LeakGuard, or name another file with --store.",
            )
        migrate(theirs, "head")
        rebuild(ours)
        if found < LISTS_ROWS:
            lifted(ours)
    log.info("store_migrated", from_revision=found, revision=REVISION)


def migrate(connection: sqlalchemy.Connection, revision: str) -> None:
    """Run the migrations up to `revision` in the transaction of the caller."""
    from alembic import command  # noqa: PLC0415  (costs 0.2 s, and an up-to-date store needs none of it)
    from alembic.config import Config  # noqa: PLC0415  (as above)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
