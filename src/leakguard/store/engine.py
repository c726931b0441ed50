"""Opens the database: SQLite in the mode in which two processes may write at once and a kill loses nothing."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from leakguard.store.failures import unusable

WRITE = "leakguard_write"
"""The execution option of a connection whose transaction takes the write lock when it begins."""
_POSTGRES_LOCK = 0x6C67  # "lg"; one writer at a time, as in SQLite, also while there is no table to lock yet
BUSY_SECONDS = 30.0
"""How long a writer waits for another one; the longest append of ours takes well under a second."""


def url_of(place: str) -> URL:
    """The URL of a path or of a URL; raises `StoreUnusable` for what is neither."""
    if "://" not in place:
        return URL.create("sqlite", database=place)
    try:
        return make_url(place)
    except ArgumentError as error:
        raise unusable(
            "", "has a URL that cannot be read", "Write it as postgresql+psycopg://user@host/name."
        ) from error


def file_of(url: URL) -> Path | None:
    """The SQLite file of a URL; nothing for another database, and for one in memory."""
    named = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if named and not str(url.database).startswith("file:") else None


def make_engine(url: URL, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine that has not connected yet; raises `StoreUnusable` when its driver is not installed."""
    is_sqlite = url.get_backend_name() == "sqlite"
    arguments: dict[str, Any] = {"timeout": busy_seconds} if is_sqlite else {}
    try:
        engine = create_engine(url, connect_args=arguments)
    except (NoSuchModuleError, ImportError) as error:
        raise unusable(
            url.render_as_string(hide_password=True),
            "needs a database driver that is not installed",
            "For PostgreSQL: pip install 'leakguard[postgres]' and write postgresql+psycopg://...",
        ) from error
    if is_sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", partial(_begin_postgres, f"{busy_seconds * 1000:.0f}ms"))
    return engine


def create_file(path: Path) -> None:
    """Make the file before SQLite does, so that only its owner may read it: it names what is open where."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401  (the driver's own connection)
    """Take transactions into our own hands: the driver begins late, and a late lock is a lost race."""
    connection.isolation_level = None
    connection.text_factory = _lenient
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten, not merely let go


def _lenient(raw: bytes) -> str:
    """Bytes that are no text still come through, so that `evidence verify` can name the entry that was damaged."""
    return raw.decode("utf-8", "surrogateescape")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITE) else "BEGIN")


def _begin_postgres(patience: str, connection: Connection) -> None:
    if connection.get_execution_options().get(WRITE):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")
