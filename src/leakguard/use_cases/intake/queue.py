"""The queue of reports: what is owed soonest first, or the newest first; a server remembers what the ledger says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Lock
from typing import Literal, Protocol

from leakguard.frozen import Frozen
from leakguard.intake.letters import soonest
from leakguard.intake.promises import Due, Promises, dues_of, erase_by
from leakguard.intake.states import ReportState
from leakguard.intake.view import Report
from leakguard.ledger.heads import Head
from leakguard.ports import IncidentStore
from leakguard.use_cases.intake.reports import reports_in

Which = Literal[
    "open", "late", "all", "received", "acknowledged", "triaged", "fixed", "verified", "disclosed", "closed"
]  # fmt: skip


class QueueStore(IncidentStore, Protocol):
    """What the queue is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class QueuedReport(Frozen):
    """A report of the queue, with what is owed."""

    report: Report
    dues: tuple[Due, ...]
    erase_by: datetime | None = None

    @property
    def next(self) -> Due | None:
        """The promise that ends first of those that still run or are late."""
        return soonest(self.dues)

    @property
    def is_late(self) -> bool:
        """Whether a promise is late."""
        return any(due.state == "overdue" for due in self.dues)

    def fits(self, which: Which) -> bool:
        """Whether it is one of those that are asked for."""
        if which == "all":
            return True
        if which == "late":
            return self.is_late
        return is_waiting(self.report) if which == "open" else self.report.state is ReportState(which)


def is_waiting(report: Report) -> bool:
    """Whether somebody has to do something about it: it is open, and no machine sent it."""
    return report.is_open and not report.machine


def queued(reports: Iterable[Report], promises: Promises, *, now: datetime, zone: str) -> tuple[QueuedReport, ...]:
    """Each report with its promises."""
    return tuple(
        QueuedReport(
            report=report,
            dues=dues_of(report, promises, now=now, zone=zone),
            erase_by=erase_by(report, promises.retention),
        )
        for report in reports
    )


def by_urgency(found: Iterable[QueuedReport]) -> list[QueuedReport]:
    """What is owed soonest first, then what owes nothing."""
    return sorted(found, key=_urgency)


def newest_first(found: Iterable[QueuedReport]) -> list[QueuedReport]:
    """By their arrival."""
    return sorted(found, key=lambda queued: (queued.report.received_at, queued.report.id), reverse=True)


def _urgency(queued: QueuedReport) -> tuple[bool, float, str]:
    due = queued.next
    return due is None, due.at.timestamp() if due is not None else 0.0, queued.report.id


class ReportQueue:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: Head | None = None
        self._reports: tuple[Report, ...] = ()

    def reports(self, store: QueueStore) -> Sequence[Report]:
        """All reports, the oldest first; read again only where something was recorded."""
        with self._lock:
            head = store.head()
            if head != self._seen:
                self._reports, self._seen = tuple(reports_in(store)), head
            return self._reports
