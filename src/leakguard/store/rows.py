"""Rows in and out: entries as stored, and long results in pages that hold no lock between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, tuple_

from leakguard.ledger.entries import Entry

PAGE = 500
"""Rows a page: a reader in no hurry must not keep the write-ahead log from being tidied."""
Reading = Callable[[], AbstractContextManager[Connection]]


def entry_of(row: Row[Any]) -> Entry:
    """The entry in a row of the ledger, unchecked."""
    return Entry(**row._mapping)  # noqa: SLF001  (SQLAlchemy's documented way to a mapping)


def paged(reading: Reading, query: Select[Any], keys: tuple[ColumnElement[Any], ...]) -> Iterator[Row[Any]]:
    """All rows of `query` in the order of `keys`, which name one row each; a page a transaction."""
    after: tuple[Any, ...] | None = None
    names = [str(key.key) for key in keys]
    while True:
        page = query.order_by(*keys).limit(PAGE)
        if after is not None:
            page = page.where(tuple_(*keys) > tuple_(*after))
        with reading() as connection:
            rows = connection.execute(page).all()
        yield from rows
        if len(rows) < PAGE:
            return
        after = tuple(rows[-1]._mapping[name] for name in names)  # noqa: SLF001  (as above)
