"""The clocks of all incidents on one board: reckoned again only where something was recorded or a moment has passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock
from typing import Protocol

from leakguard.accounts.two_people import needs_accounts
from leakguard.alerts.isolation import isolated
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.event_history import EVERYTHING
from leakguard.ledger.heads import Head
from leakguard.ports import DataFolders, IncidentStore, ScanStore
from leakguard.use_cases.alerts.cases import BoardRow as BoardRow  # noqa: PLC0414  (a board is asked for them)
from leakguard.use_cases.alerts.cases import Case, Rows, case_of, rows_in
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_rules import Reach, RuleBook, rule_book
from leakguard.use_cases.incidents.incidents import OPENED, incident_of

_INCIDENT = "IR-"


class BoardStore(IncidentStore, ScanStore, Protocol):
    """What the board is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class Board:
    """Held by a server, and read by many requests; nothing of it is kept on a disk.

    Where `reach` is `None`, nothing says whose laws are watched: an incident then has the promises of our own alone.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._cases: dict[str, Case] = {}
        self._sorted: Rows | None = None
        self._changes: dict[str, datetime] = {}
        self._seen: Head | None = None
        self._calendars = Calendars()
        self._book: tuple[Reach | None, RuleBook] | None = None

    def rows(self, store: BoardStore, folders: DataFolders, reach: Reach | None, now: datetime) -> Rows:
        """Every clock that runs, the most urgent first."""
        with self._lock:
            self._reckon_stale(store, folders, reach, now)
            if self._sorted is None:
                self._sorted = rows_in(self._cases.values())
            return self._sorted

    def rows_of(
        self, incident: str, store: BoardStore, folders: DataFolders, reach: Reach | None, now: datetime
    ) -> list[BoardRow]:  # fmt: skip
        """Those of one incident."""
        case = self.cases(store, folders, reach, now).get(incident)
        return list(case.rows) if case is not None else []

    def by_incident(
        self, store: BoardStore, folders: DataFolders, reach: Reach | None, now: datetime
    ) -> dict[str, tuple[BoardRow, ...]]:  # fmt: skip
        """The same by incident, each with the most urgent first."""
        return {name: case.rows for name, case in self.cases(store, folders, reach, now).items()}

    def cases(self, store: BoardStore, folders: DataFolders, reach: Reach | None, now: datetime) -> Mapping[str, Case]:
        """Every incident with its clocks, alerts, steps and letters."""
        with self._lock:
            self._reckon_stale(store, folders, reach, now)
            return dict(self._cases)

    def _reckon_stale(self, store: BoardStore, folders: DataFolders, reach: Reach | None, now: datetime) -> None:
        """Reckon what is stale; where the store gives no answer, all of it is reckoned at the next request.

        An incident whose entries cannot be read is left out, as the watchman tells it.
        """
        rules, head = self._rules(folders, reach), store.head()
        stale = tuple(self._stale(store, head, now))
        only_accounts = bool(stale) and needs_accounts(store)
        for incident in stale:
            with isolated(incident, []):
                self._reckon(store, incident, rules, now, only_accounts=only_accounts)
        self._seen = head

    def _rules(self, folders: DataFolders, reach: Reach | None) -> RuleBook:
        if self._book is None or self._book[0] != reach:
            book = rule_book(folders, reach) if reach is not None else rule_book(folders, duties=())
            self._book = (reach, book)
            self._cases, self._changes, self._seen, self._sorted = {}, {}, None, None
        return self._book[1]

    def _stale(self, store: BoardStore, head: Head | None, now: datetime) -> Iterable[str]:
        """Incidents in which something was recorded since, and those of which a clock has moved on by itself."""
        seen = self._seen
        moved = {incident for incident, at in self._changes.items() if at <= now}
        if head is None or (seen is not None and head.hash == seen.hash):
            return moved
        if seen is None:
            return dict.fromkeys(record.subject for record in store.of_kinds([OPENED]))
        recorded = {
            record.subject for record in store.read_after(seen.sequence) if record.subject.startswith(_INCIDENT)
        }
        return moved | recorded

    def _reckon(
        self, store: BoardStore, incident: str, rules: RuleBook, now: datetime, *, only_accounts: bool
    ) -> None:  # fmt: skip
        records = tuple(store.read(incident))
        found = incident_of(incident, records)
        clocks = statuses(store, incident, rules(incident, records), self._calendars, now, known_at=EVERYTHING)
        duties = rules.duties_of(clock.id for clock in clocks)
        self._cases[incident] = case_of(found, records, clocks, duties, only_accounts=only_accounts, now=now)
        self._sorted = None
        changes = [clock.next_change for clock in clocks if clock.next_change is not None]
        self._changes.pop(incident, None)
        if changes:
            self._changes[incident] = min(changes)
