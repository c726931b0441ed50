"""The alerts of all incidents that nobody has acknowledged: whom they reached, whom they did not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from leakguard.alerts.escalation import waiting_alarms
from leakguard.alerts.history import AttemptResult, History, Message
from leakguard.alerts.records import SENT
from leakguard.alerts.undelivered import UndeliveredAlert, undelivered
from leakguard.frozen import Frozen
from leakguard.models.alerts import Alert, Escalation, Severity
from leakguard.use_cases.alerts.cases import BoardRow, Case


class WaitingItem(Frozen):
    """What waits for somebody, whatever it is about."""

    message: Message | None
    """`None` where the limit is over and no watchman raised anything."""
    alarms: tuple[Alert, ...]
    unreached: tuple[UndeliveredAlert, ...]
    """The levels of the chain that somebody should have been told at, and nobody was."""

    @property
    def severity(self) -> Severity:
        """That of its most urgent alarm that waits."""
        return max(
            (alarm.severity for alarm in self.alarms), key=lambda severity: severity.rank, default=Severity.OVERDUE
        )

    @property
    def reached(self) -> tuple[AttemptResult, ...]:
        """The tries that went out, the first one first."""
        return (
            tuple(attempt for attempt in self.message.tries if attempt.outcome == SENT)
            if self.message is not None
            else ()
        )


class WaitingAlert(WaitingItem):
    """One alert of an incident that waits for somebody, or a limit that is over without any."""

    case: Case
    rows: tuple[BoardRow, ...]
    """The clocks that it is about, the most urgent first."""

    @property
    def since(self) -> datetime | None:
        """Since when somebody is asked for."""
        return self.message.raised_at if self.message is not None else self.rows[0].clock.work_by

    @property
    def order(self) -> tuple[bool, int, tuple[bool, datetime, str, str]]:
        """What reached nobody first, then the most urgent."""
        return bool(self.reached), -self.severity.rank, self.rows[0].urgency


def waiting_alerts(cases: Iterable[Case], settings: Escalation, now: datetime) -> list[WaitingAlert]:
    """All of them, what reached nobody first."""
    return sorted((alert for case in cases for alert in _of(case, settings, now)), key=lambda alert: alert.order)


def _of(case: Case, settings: Escalation, now: datetime) -> Iterator[WaitingAlert]:
    history, seen = case.history, set[str]()
    if not (history.messages or case.late):
        return
    clocks = case.open_clocks if history.messages else {}
    left = undelivered(history, settings, clocks, now) if history.messages else ()
    for message in history.messages:
        alarms = waiting_alarms(message, history, clocks, now)
        if alarms:
            names = {alarm.clock for alarm in alarms}
            seen |= names
            yield WaitingAlert(
                case=case, rows=tuple(row for row in case.rows if row.clock.id in names), message=message,
                alarms=alarms, unreached=tuple(alert for alert in left if alert.message == message.id),
            )  # fmt: skip
    for row in case.late:
        if row.clock.id not in seen and not _is_taken(history, row.clock.id, now):
            yield WaitingAlert(case=case, rows=(row,), message=None, alarms=(), unreached=())


def _is_taken(history: History, clock: str, now: datetime) -> bool:
    return any(
        acknowledgement.clock == clock and acknowledgement.until > now for acknowledgement in history.acknowledgements
    )
