"""The adapters of one request: its own recorder and its own connection to the store, all else shared."""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from leakguard.settings import Settings
from leakguard.use_cases.alerts.board import Board
from leakguard.use_cases.alerts.watch_health import Deliveries
from leakguard.use_cases.intake.queue import ReportQueue
from leakguard.use_cases.letters.letter_board import LetterBoard
from leakguard.use_cases.reports.demanded import DemandedNow
from leakguard.use_cases.reports.incident_list import IncidentList
from leakguard.use_cases.scans.incident_index import IncidentIndex
from leakguard.use_cases.scans.open_exposures import Exposures
from leakguard.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from leakguard.bundled.compiled_forms import FoldersWithForms
    from leakguard.intake.promises import Promises
    from leakguard.models.findings import Finding
    from leakguard.notices.book import DutyBook
    from leakguard.notices.duty_rows import Rows
    from leakguard.use_cases.accounts.callers import Caller
    from leakguard.use_cases.accounts.rosters import ReadCalendar
    from leakguard.use_cases.drills.drill_by_people import BegunDrill
    from leakguard.use_cases.reports.incident_list import IncidentSummary
    from leakguard.use_cases.scans.closed_since import Pairs


class LastVerified:
    """What came of it when somebody last verified the ledger on this server."""

    def __init__(self) -> None:
        self.last: dict[str, Any] | None = None
        """With `at`, `by`, `answer` and `entries`."""


class SharedWiring(Wiring):
    """What all requests share: the settings, the data that ships, the duties. It opens no store."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._lock = Lock()
        self.board = Board()
        self.exposures = Exposures()
        self.incident_index = IncidentIndex()
        self.drill: BegunDrill | None = None
        """What is played on this server, in simulated time."""
        self.drill_lock = Lock()
        """Held by whoever moves that time."""
        self.letters = LetterBoard()
        self.incident_list = IncidentList()
        self.demanded = DemandedNow()
        self.report_queue = ReportQueue()
        self.deliveries = Deliveries()
        self.verified = LastVerified()

    def login_now(self) -> datetime:
        """The time by which logins last, which no drill simulates."""
        return self.system_time.now() if self.drill is not None else self.now()

    def for_caller(self, caller: Caller | None) -> RequestWiring:
        """A wiring for one request, which records as the caller; whoever asks for it closes it.

        Without a caller it is for what anybody may ask, and records as the user who runs the server.
        """
        return RequestWiring(self, caller)

    def duties(self) -> DutyBook:
        """Every duty, read once."""
        with self._lock:
            return self._duties

    def duty_rows(self) -> Rows:
        """A row for each duty, read once."""
        with self._lock:
            return self._rows

    @cached_property
    def _duties(self) -> DutyBook:
        return super().duties()

    @cached_property
    def _rows(self) -> Rows:
        return super().duty_rows()

    def promises(self) -> Promises:
        """What is promised to whoever reports, read once."""
        with self._lock:
            return self._promises

    @cached_property
    def _promises(self) -> Promises:
        return super().promises()

    def calendar(self) -> ReadCalendar | None:
        """What reads the calendar of who is on call; it remembers for a while what a web address said."""
        with self._lock:
            return self._calendar

    @cached_property
    def _calendar(self) -> ReadCalendar | None:
        return super().calendar()

    def folders(self) -> FoldersWithForms:
        """The data folders, found once."""
        with self._lock:
            return self.bundled


class RequestWiring(Wiring):
    """The wiring of one request."""

    def __init__(self, shared: SharedWiring, caller: Caller | None) -> None:
        super().__init__(shared.settings)
        self._shared = shared
        self.board = shared.board
        self.exposures = shared.exposures
        self.deliveries = shared.deliveries
        self.verified = shared.verified
        self.drill = shared.drill
        self.drill_lock = shared.drill_lock
        self.letters = shared.letters
        self.incident_list = shared.incident_list
        self.demanded = shared.demanded
        self.report_queue = shared.report_queue
        self.time = shared.time
        self.caller = caller
        if caller is not None:
            self.recorder = caller.recorder()
        vars(self)["bundled"] = shared.folders()

    def login_now(self) -> datetime:
        """The time by which logins last, which no drill simulates."""
        return self._shared.login_now()

    def speak_for(self, caller: Caller) -> None:
        """Record from now on as somebody who was found out with this wiring's own store."""
        self.caller, self.recorder = caller, caller.recorder()
        self.store.record_as(self.recorder)

    @property
    def by(self) -> str:
        """The name of who records."""
        return self.recorder.name

    def incidents_about(self, findings: Sequence[Finding]) -> Pairs:
        """Which incidents are about what these findings saw."""
        return self._shared.incident_index.about(self.store, findings)

    def incidents_named(self, names: Collection[str]) -> Sequence[IncidentSummary]:
        """The incidents with these ids, by the list that the server remembers."""
        lines = {line.id: line for line in self.incident_list.lines(self.store)}
        return [lines[name] for name in names]

    def duties(self) -> DutyBook:
        """Every duty."""
        return self._shared.duties()

    def promises(self) -> Promises:
        """What is promised to whoever reports."""
        return self._shared.promises()

    def calendar(self) -> ReadCalendar | None:
        """What reads the calendar of who is on call."""
        return self._shared.calendar()

    def duty_rows(self) -> Rows:
        """A row for each duty."""
        return self._shared.duty_rows()
