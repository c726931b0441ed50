"""Rows in and out: entries as stored, and long results in pages that hold no lock between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from leakguard.frozen import Frozen, names_of
from leakguard.ledger.entries import Entry
from leakguard.store.connection import Connection, Row, marks

PAGE = 500
"""Rows a page: a reader in no hurry must not keep the write-ahead log from being tidied."""
Reading = Callable[[], AbstractContextManager[Connection]]


class Query(Frozen):
    """Which columns of which rows of one table, in the order of `keys`, which name one row each."""

    columns: Sequence[str]
    table: str
    keys: tuple[str, ...]
    where: str = "1 = 1"
    values: tuple[object, ...] = ()


_ENTRY = names_of(Entry)


def entry_of(row: Row) -> Entry:
    """The entry in a row of the ledger, unchecked."""
    return Entry(**dict(zip(_ENTRY, row, strict=True)))


def paged(reading: Reading, query: Query) -> Iterator[Row]:
    """All rows of `query`; a page a transaction."""
    order, depth = ", ".join(query.keys), len(query.keys)
    fields = ", ".join((*query.columns, *query.keys))
    after: Row = ()
    while True:
        beyond = f" AND ({order}) > ({marks(depth)})" if after else ""
        head = f"SELECT {fields} FROM {query.table} WHERE {query.where}{beyond}"  # noqa: S608  (our own names)
        with reading() as connection:
            rows = connection.rows(f"{head} ORDER BY {order} LIMIT {PAGE}", *query.values, *after)
        for row in rows:
            yield row[:-depth]
        if len(rows) < PAGE:
            return
        after = rows[-1][-depth:]
