"""The alerts of reports, transfers and sites that nobody has acknowledged: whom they reached, and whom not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from leakguard.alerts.ahead import as_of
from leakguard.alerts.escalation import waiting_alarms
from leakguard.alerts.history import history_of
from leakguard.alerts.marks import is_over, is_watched
from leakguard.alerts.subjects import WatchedSubject
from leakguard.alerts.undelivered import undelivered
from leakguard.clocks.clock_status import ClockStatus
from leakguard.models.alerts import Escalation
from leakguard.ports import Journal
from leakguard.use_cases.alerts.waiting_alerts import WaitingItem


class WaitingSubject(WaitingItem):
    """One alert of a subject that waits for somebody, or a limit that is over without any."""

    subject: WatchedSubject
    statuses: tuple[ClockStatus, ...]
    """The clocks that it is about, the soonest first."""

    @property
    def since(self) -> datetime | None:
        """Since when somebody is asked for."""
        return self.message.raised_at if self.message is not None else self.statuses[0].work_by

    @property
    def order(self) -> tuple[bool, int, str, str]:
        """What reached nobody first, then the most urgent."""
        due = self.statuses[0].work_by
        return bool(self.reached), -self.severity.rank, due.isoformat() if due else "", self.subject.id


def waiting_subjects(
    subjects: Iterable[WatchedSubject], store: Journal, settings: Escalation, now: datetime
) -> list[WaitingSubject]:
    """All of them, what reached nobody first."""
    return sorted(
        (waiting for subject in subjects for waiting in _of(subject, store, settings, now)),
        key=lambda subject: subject.order,
    )


def _of(subject: WatchedSubject, store: Journal, settings: Escalation, now: datetime) -> Iterator[WaitingSubject]:
    if not subject.has_begun:
        return
    history, seen = as_of(history_of(subject.id, store.read(subject.id)), now), set[str]()
    clocks = {status.id: status.generation for status in subject.statuses if is_watched(status)}
    left = undelivered(history, settings, clocks, now)
    for message in history.messages:
        alarms = waiting_alarms(message, history, clocks, now)
        if alarms:
            names = {alarm.clock for alarm in alarms}
            seen |= names
            yield WaitingSubject(
                subject=subject, statuses=_soonest(subject, names), message=message, alarms=alarms,
                unreached=tuple(alert for alert in left if alert.message == message.id),
            )  # fmt: skip
    taken = {acknowledgement.clock for acknowledgement in history.acknowledgements if acknowledgement.until > now}
    for status in subject.statuses:
        if is_over(status) and status.id not in seen | taken:
            yield WaitingSubject(subject=subject, statuses=(status,), message=None, alarms=(), unreached=())


def _soonest(subject: WatchedSubject, names: set[str]) -> tuple[ClockStatus, ...]:
    own = [status for status in subject.statuses if status.id in names]
    return tuple(sorted(own, key=lambda status: (status.work_by is None, status.work_by, status.id)))
