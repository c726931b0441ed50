"""What each part of the store leans on: the database, and the ledger that it writes to."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime

from leakguard.ledger.entries import Entry
from leakguard.models.people import Recorder
from leakguard.models.records import Record
from leakguard.store.connection import Connection
from leakguard.store.database import Database


class StorePart:
    """Part of `SqlStore`, which gives it the database and the ledger."""

    _database: Database
    _now: Callable[[], datetime]
    _recorder: Recorder | None

    @property
    def recorder(self) -> Recorder | None:
        """See `ports.Journal.recorder`."""
        return self._recorder

    def record_as(self, recorder: Recorder) -> None:
        """Every record that states nobody says from now on that it is by them."""
        self._recorder = recorder

    @abstractmethod
    def _write(
        self, connection: Connection, subject: str, records: Sequence[Record], *, now: datetime
    ) -> tuple[Entry, ...]:
        """Append to the ledger."""

    @abstractmethod
    def _witness(self, entries: Sequence[Entry]) -> None:
        """Tell the second places where the ledger stands."""
