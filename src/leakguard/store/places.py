"""Where a store is: a path or an SQLAlchemy URL; its driver, its file and its name. A path never loads SQLAlchemy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.store.connection import BUSY_SECONDS

if TYPE_CHECKING:
    from leakguard.store.drivers import Driver


def driver_of(place: str, *, busy_seconds: float = BUSY_SECONDS) -> Driver:
    """The driver of a path or an SQLAlchemy URL; raises `StoreUnusable` for what is neither."""
    if "://" not in place:
        from leakguard.store.drivers import SqliteDriver  # noqa: PLC0415  (to know the file needs no database)

        return SqliteDriver(place, busy_seconds=busy_seconds)
    from leakguard.store.engine import driver_of_url  # noqa: PLC0415  (a path must not load SQLAlchemy)

    return driver_of_url(place, busy_seconds=busy_seconds)


def file_of(place: str) -> Path | None:
    """The SQLite file of a path or a URL; nothing for another database, and for one in memory."""
    if "://" not in place:
        return None if place == ":memory:" else Path(place)
    from leakguard.store.engine import file_of_url, url_of  # noqa: PLC0415  (as above)

    return file_of_url(url_of(place))


def name_of(place: str) -> str:
    """The path, or the URL without its password."""
    file = file_of(place)
    if file is not None:
        return str(file)
    if "://" not in place:
        return place
    from leakguard.store.engine import shown, url_of  # noqa: PLC0415  (as above)

    return shown(url_of(place))
