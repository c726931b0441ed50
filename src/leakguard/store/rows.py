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
    depth = len(query.keys)
    after: Row = ()
    while True:
        with reading() as connection:
            rows = connection.rows(page_of(query, is_first=not after), *query.values, *after)
        for row in rows:
            yield row[:-depth]
        if len(rows) < PAGE:
            return
        after = rows[-1][-depth:]


def page_of(query: Query, *, is_first: bool) -> str:
    """The statement for one page; any but the first takes the keys of the last row before it as well."""
    order, fields = ", ".join(query.keys), ", ".join((*query.columns, *query.keys))
    beyond = "" if is_first else f" AND ({order}) > ({marks(len(query.keys))})"
    return f"SELECT {fields} FROM {query.table} WHERE {query.where}{beyond} ORDER BY {order} LIMIT {PAGE}"  # noqa: S608  (our own names)
