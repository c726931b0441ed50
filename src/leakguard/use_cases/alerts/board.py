"""The clocks of all incidents on one board: reckoned again only where something was recorded or a moment has passed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from leakguard.alerts.marks import is_watched, watched_of
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import EVERYTHING
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.ports import DataFolders, IncidentStore, ScanStore
from leakguard.use_cases.incidents.incident_clocks import standings
from leakguard.use_cases.incidents.incident_rules import Reach, RuleBook, rule_book
from leakguard.use_cases.incidents.incidents import OPENED, incident_of

_FAR = datetime.max.replace(tzinfo=UTC)
_INCIDENT = "IR-"


class BoardStore(IncidentStore, ScanStore, Protocol):
    """What the board is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class BoardRow(Frozen):
    """One clock that runs, and whose it is."""

    incident: str
    title: str
    clock: Standing

    @property
    def is_over(self) -> bool:
        """Whether it is past its limit."""
        return self.clock.state is State.OVERDUE

    @property
    def urgency(self) -> tuple[bool, datetime, str, str]:
        """What is over its limit first, then by the limit."""
        return not self.is_over, self.clock.work_by or _FAR, self.incident, self.clock.id


class Board:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: dict[str, tuple[BoardRow, ...]] = {}
        self._changes: dict[str, datetime] = {}
        self._seen: Head | None = None
        self._calendars = Calendars()
        self._book: tuple[Reach, RuleBook] | None = None

    def rows(self, store: BoardStore, folders: DataFolders, reach: Reach, now: datetime) -> list[BoardRow]:
        """Every clock that runs, the most urgent first."""
        with self._lock:
            self._reckon_stale(store, folders, reach, now)
            return sorted((row for rows in self._rows.values() for row in rows), key=lambda row: row.urgency)

    def rows_of(
        self, incident: str, store: BoardStore, folders: DataFolders, reach: Reach, now: datetime
    ) -> list[BoardRow]:  # fmt: skip
        """Those of one incident."""
        with self._lock:
            self._reckon_stale(store, folders, reach, now)
            return list(self._rows.get(incident, ()))

    def by_incident(
        self, store: BoardStore, folders: DataFolders, reach: Reach, now: datetime
    ) -> dict[str, tuple[BoardRow, ...]]:  # fmt: skip
        """The same by incident, each with the most urgent first."""
        with self._lock:
            self._reckon_stale(store, folders, reach, now)
            return dict(self._rows)

    def _reckon_stale(self, store: BoardStore, folders: DataFolders, reach: Reach, now: datetime) -> None:
        rules = self._rules(folders, reach)
        for incident in self._stale(store, now):
            self._reckon(store, incident, rules, now)

    def _rules(self, folders: DataFolders, reach: Reach) -> RuleBook:
        if self._book is None or self._book[0] != reach:
            self._book = (reach, rule_book(folders, reach))
            self._rows, self._changes, self._seen = {}, {}, None
        return self._book[1]

    def _stale(self, store: BoardStore, now: datetime) -> Iterable[str]:
        """Incidents in which something was recorded since, and those of which a clock has moved on by itself."""
        head, seen = store.head(), self._seen
        moved = {incident for incident, at in self._changes.items() if at <= now}
        if head is None or (seen is not None and head.hash == seen.hash):
            return moved
        self._seen = head
        if seen is None:
            return dict.fromkeys(one.subject for one in store.of_kinds([OPENED]))
        recorded = {one.subject for one in store.read_after(seen.sequence) if one.subject.startswith(_INCIDENT)}
        return moved | recorded

    def _reckon(self, store: BoardStore, incident: str, rules: RuleBook, now: datetime) -> None:
        records = tuple(store.read(incident))
        found = incident_of(incident, records)
        clocks = standings(store, incident, rules(incident, records), self._calendars, now, known_at=EVERYTHING)
        left = tuple(one for one in watched_of(found, clocks) or () if is_watched(one))
        rows = [BoardRow(incident=incident, title=found.title, clock=one) for one in left]
        self._rows[incident] = tuple(sorted(rows, key=lambda row: row.urgency))
        changes = [one.next_change for one in clocks if one.next_change is not None]
        self._changes.pop(incident, None)
        if changes:
            self._changes[incident] = min(changes)
