"""The bookmark of a store: the part of it that spares a watch the folding of all runs."""

from __future__ import annotations

from leakguard.errors import NotAllowed
from leakguard.ledger.entries import CONTENT_ERASED
from leakguard.models.bookmarks import NAME, Bookmark
from leakguard.models.records import Record
from leakguard.store.connection import Connection
from leakguard.store.store_part import StorePart
from leakguard.store.tables import BOOKMARKS


class Bookmarks(StorePart):
    """The bookmark, which can be lost at any time."""

    def bookmark(self) -> Bookmark | None:
        """See `ports.ScanStore.bookmark`."""
        with self._database.reading() as connection:
            return bookmark_in(connection)

    def keep_bookmark(self, text: str, subject: str, record: Record, *, since: int) -> None:
        """See `ports.WatchStore.keep_bookmark`."""
        with self._database.writing() as connection:
            erased = "SELECT 1 FROM ledger WHERE kind = ? AND sequence > ? LIMIT 1"
            if connection.first(erased, CONTENT_ERASED, since) is not None:
                raise NotAllowed("something was erased meanwhile", next_step="There is nothing to do.")
            entries = self._write(connection, subject, [record], now=self._now())
            connection.run("DELETE FROM bookmarks WHERE name = ?", NAME)
            connection.insert("bookmarks", BOOKMARKS, [(NAME, entries[0].sequence, text)])
        self._witness(entries)


def bookmark_in(connection: Connection) -> Bookmark | None:
    """The bookmark of a store, if it has one."""
    found = connection.first("SELECT sequence, text FROM bookmarks WHERE name = ?", NAME)
    return Bookmark(sequence=found[0], text=found[1]) if found is not None else None
