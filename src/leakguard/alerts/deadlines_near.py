"""Limits that moved closer: who plans by the old one is told at once, also where no threshold has passed yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from leakguard.alerts.history import History
from leakguard.alerts.marks import alarm_of, is_watched
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.thresholds import ThresholdInstant
from leakguard.models.alerts import Alert, Severity

MOVED = "moved"


def may_have_moved(statuses: Iterable[ClockStatus]) -> bool:
    """Whether anything has changed on a clock that ran before, so that it is worth while to reckon what held then."""
    return any(status.generation > 1 and is_watched(status) for status in statuses)


def closer_alarms(
    incident: str, before: Iterable[ClockStatus], statuses: Iterable[ClockStatus], history: History, now: datetime
) -> list[Alert]:
    """An alarm for each limit that lies before the one that held at the last look, where nothing else tells of it."""
    then = {status.id: status.work_by for status in before if is_watched(status)}
    found = []
    for status in statuses:
        old, due = then.get(status.id), status.work_by
        if old is None or due is None or not is_watched(status) or not now <= due < old:
            continue
        if not history.told_of(status.id, status.generation, due):
            found.append(alarm_of(incident, status, ThresholdInstant(text=MOVED, at=now), Severity.WARNING))
    return found
