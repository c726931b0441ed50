"""One state of the store, seen through one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from leakguard.errors import LedgerBroken
from leakguard.ledger.entries import Entry
from leakguard.ledger.listed_rows import StoredRow
from leakguard.ledger.stored_findings import StoredFinding
from leakguard.models.bookmarks import Bookmark
from leakguard.models.deliveries import Delivery
from leakguard.store import views
from leakguard.store.connection import Connection
from leakguard.store.delivery_rows import delivery_of
from leakguard.store.failures import translated
from leakguard.store.row_coverage import all_rows
from leakguard.store.rows import Query, paged
from leakguard.store.tables import BOOKMARKS, DELIVERIES, ONCE


class Snapshot:
    """Everything that is verified, exactly as stored; usable while its transaction is open."""

    def __init__(self, connection: Connection, *, name: str) -> None:
        self._connection = connection
        self._name = name

    def entries(self) -> Iterator[Entry]:
        """All entries in the order of their sequence."""
        return views.all_entries(self._reading)

    def of_kinds(self, kinds: Collection[str]) -> Iterator[Entry]:
        """The entries of some kinds."""
        return views.entries(self._reading, kinds=kinds)

    def finding_items(self) -> Iterator[StoredFinding]:
        """All findings, run by run."""
        return views.finding_items(self._reading)

    def once_keys(self) -> Iterator[tuple[str, int]]:
        """What may happen once only and did: each key, and the number of the entry that tells of it."""
        rows = paged(self._reading, Query(columns=ONCE, table="once", keys=("key",)))
        return ((key, sequence) for key, sequence in rows)

    def listed_rows(self) -> Iterator[StoredRow]:
        """The rows that entries list by their digests."""
        return all_rows(self._reading)

    def sealed_deliveries(self) -> Iterator[Delivery]:
        """The letters that an entry vouches for, entry by entry, as each took them in; of rows that read as such."""
        query = Query(
            columns=DELIVERIES, table="deliveries", keys=("sealed", "key", "incident", "batch"),
            where="sealed IS NOT NULL",
        )  # fmt: skip
        for row in paged(self._reading, query):
            with suppress(LedgerBroken):
                yield delivery_of(row)

    def bookmarks(self) -> Iterator[tuple[str, Bookmark]]:
        """What spares a watch the folding of all runs, by name."""
        rows = paged(self._reading, Query(columns=BOOKMARKS, table="bookmarks", keys=("name",)))
        return ((name, Bookmark(sequence=sequence, text=text)) for name, sequence, text in rows)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self._name):
            yield self._connection
