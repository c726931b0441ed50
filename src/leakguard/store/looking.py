"""Looks at a store without opening it: nothing is made, lifted, shared or locked."""

from __future__ import annotations

from leakguard.frozen import Frozen
from leakguard.store.drivers import Pool
from leakguard.store.failures import translated
from leakguard.store.places import driver_of, file_of, name_of
from leakguard.store.schema import EARLIER, REVISION, version_in


class StoreStatus(Frozen):
    """What stands at the place of a store."""

    name: str
    is_there: bool
    revision: str | None = None
    """The schema; nothing in what is no store of ours."""

    @property
    def is_current(self) -> bool:
        """Whether this release works with it as it is."""
        return self.revision == REVISION

    @property
    def is_earlier(self) -> bool:
        """Whether this release would lift it."""
        return self.revision in EARLIER


def look_at(place: str) -> StoreStatus:
    """What stands at a path or an SQLAlchemy URL; raises `StoreUnusable`, `LedgerBroken` for what cannot be read."""
    path, name = file_of(place), name_of(place)
    if path is not None and not path.exists():
        return StoreStatus(name=name, is_there=False)
    if path is not None and (path.is_dir() or not path.stat().st_size):
        return StoreStatus(name=name, is_there=True)
    with translated(name):
        pool = Pool(driver_of(place))
        try:
            with pool.transaction() as connection:
                is_empty = path is None and not connection.tables()  # the first command makes a store in it
                return StoreStatus(name=name, is_there=not is_empty, revision=version_in(connection))
        finally:
            pool.close()


def first_kind(place: str) -> str:
    """The kind of the first entry of a store; empty where none can be read, which opening it tells. Raises as above."""
    if not look_at(place).revision:
        return ""
    with translated(name_of(place)):
        pool = Pool(driver_of(place))
        try:
            with pool.transaction() as connection:
                found = connection.first("SELECT kind FROM ledger ORDER BY sequence LIMIT 1")
                return str(found[0]) if found is not None else ""
        finally:
            pool.close()
