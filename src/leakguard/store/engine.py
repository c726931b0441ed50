"""What only SQLAlchemy can do: read its URLs, and carry alembic through an upgrade. Loaded for these two alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from leakguard.errors import how_to_add
from leakguard.store.connection import Connection
from leakguard.store.drivers import Driver, PostgresDriver, SqliteDriver
from leakguard.store.failures import unusable


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


def shown(url: URL) -> str:
    """The URL without its passwords, also without those of a driver's own options."""
    hidden = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def file_of_url(url: URL) -> Path | None:
    """The SQLite file of a URL; nothing for another database, and for one in memory."""
    named = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if named and not str(url.database).startswith("file:") else None


def driver_of_url(place: str, *, busy_seconds: float) -> Driver:
    """The driver that a URL names, with the arguments that SQLAlchemy would give it."""
    url = url_of(place)
    engine = _engine(url)
    listed, named = engine.dialect.create_connect_args(url)
    if engine.dialect.name == "sqlite":
        return SqliteDriver(str(listed[0]), busy_seconds=busy_seconds, is_uri=bool(named.get("uri")))
    return PostgresDriver(engine.dialect.loaded_dbapi, (listed, named), busy_seconds=busy_seconds)


@contextmanager
def lifting(place: str, driver: Driver) -> Iterator[tuple[sqlalchemy.Connection, Connection]]:
    """One writing transaction of `driver`, as SQLAlchemy and as we see it."""
    engine = _engine(url_of(place), creator=driver.connect)
    event.listen(engine, "begin", partial(_begin, driver))
    try:
        with engine.connect() as connection, connection.begin():
            yield connection, Connection(connection.connection.driver_connection, is_sqlite=driver.is_sqlite)
    finally:
        engine.dispose()


def _begin(driver: Driver, connection: sqlalchemy.Connection) -> None:
    driver.begin(connection.connection.driver_connection, is_write=True)


def _engine(url: URL, **options: Any) -> Engine:  # noqa: ANN401  (SQLAlchemy's own)
    """An engine that has not connected yet; raises `StoreUnusable` when its driver is not installed."""
    try:
        return create_engine(url, **options)
    except (NoSuchModuleError, ImportError) as error:
        raise unusable(
            shown(url),
            "needs a database driver that is not installed",
            f"For PostgreSQL, add the driver: {how_to_add('postgres')}, and write postgresql+psycopg://...",
        ) from error
