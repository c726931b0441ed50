"""The marks of a clock on the line of time: its thresholds, its limit, and the repeats after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.durations import parse_threshold
from leakguard.clocks.thresholds import MIN_GAP, ThresholdInstant
from leakguard.clocks.verdicts import State, threshold_instants
from leakguard.models.alerts import Alert, Severity
from leakguard.models.incidents import Incident, IncidentState

WATCHED = frozenset({State.RUNNING, State.AT_RISK, State.DUE_NOW, State.OVERDUE})
"""States in which time runs; a paused clock waits, and one that ended is silent."""
REVIEWED = "lessons_recorded"
"""The event that says that the review was held."""
_WARNING, _URGENT = 0.75, 0.9
_HOUR = timedelta(hours=1)


def is_law(status: ClockStatus) -> bool:
    """Whether a law's clock, and no promise of our own or guideline."""
    return status.rule.is_law


def is_review(status: ClockStatus) -> bool:
    """Whether it is the promise to hold the review, which is often held after the incident was closed."""
    ending = status.rule.ending
    return not status.rule.law and ending is not None and REVIEWED in ending.kinds


def runs_on(status: ClockStatus) -> bool:
    """Whether it does not end with the incident: the clocks of laws, and the review."""
    return is_law(status) or is_review(status)


def is_over(status: ClockStatus) -> bool:
    """Whether its limit is over and somebody still has to act; closing the incident does not end what runs on."""
    return status.state is State.OVERDUE or (status.state is State.MISSED and runs_on(status))


def is_watched(status: ClockStatus) -> bool:
    """Whether a threshold that passes on it has to be told."""
    return status.state in WATCHED or is_over(status)


def watched_of(incident: Incident, statuses: Sequence[ClockStatus]) -> tuple[ClockStatus, ...] | None:
    """The clocks of an incident that are watched; `None` where nothing is left to watch.

    Closing an incident ends our own promises but for the review, which is reminded of until it is held. A law's clock
    runs on until it is met, cancelled or found not to apply.
    """
    if incident.state is IncidentState.OPEN:
        return tuple(statuses)
    left = tuple(status for status in statuses if runs_on(status))
    return left if any(is_watched(status) for status in left) else None


def marks_of(status: ClockStatus) -> tuple[ThresholdInstant, ...]:
    """The thresholds in their order, and always the limit itself; the aim of a clock that has no limit.

    A clock that ended tells no thresholds itself any more, but they passed all the same.
    """
    due = status.work_by
    if due is None:
        target = status.computed.internal_aim_at
        return (ThresholdInstant(text="target", at=target),) if target is not None else ()
    marks = status.threshold_instants or threshold_instants(status.computed)
    if any(mark.at == due for mark in marks):
        return marks
    apart = tuple(mark for mark in marks if abs(mark.at - due) >= MIN_GAP)
    return tuple(sorted((*apart, ThresholdInstant(text="PT0S", at=due)), key=lambda mark: mark.at))


def repeat_of(status: ClockStatus, repeat: timedelta, now: datetime) -> ThresholdInstant | None:
    """The last repeat that has passed, counted from the limit: `+PT1H`, `+PT2H`..."""
    due = status.work_by
    if due is None or now < due + repeat:
        return None
    count = (now - due) // repeat
    point = ThresholdInstant(text=f"+{duration_text(repeat * count)}", at=due + repeat * count)
    return None if any(abs(mark.at - point.at) < MIN_GAP for mark in status.threshold_instants) else point


def next_repeat(status: ClockStatus, repeat: timedelta, now: datetime) -> datetime | None:
    """When the next repeat comes, for a clock that is overdue."""
    due = status.work_by
    if due is None or now < due:
        return None
    return due + repeat * ((now - due) // repeat + 1)


def severity_of(text: str) -> Severity:
    """How urgent a threshold is: at the limit and after it the time is up."""
    if text == "target":
        return Severity.WARNING
    threshold = parse_threshold(text)
    if threshold.share is not None:
        return _severity_of_share(threshold.share)
    offset = threshold.offset or timedelta(0)
    if offset >= timedelta(0):
        return Severity.OVERDUE
    return Severity.URGENT if -offset <= _HOUR else Severity.WARNING


def _severity_at(status: ClockStatus, mark: ThresholdInstant) -> Severity:
    """How urgent a mark is, and never less than one before it: four hours to go after nine tenths stay urgent.

    The last message about a clock takes the place of those before, so a milder one would call off who was on the way.
    """
    passed = (threshold.text for threshold in marks_of(status) if threshold.at < mark.at)
    return max((severity_of(text) for text in (*passed, mark.text)), key=lambda severity: severity.rank)


def _severity_of_share(share: float) -> Severity:
    if share >= 1:
        return Severity.OVERDUE
    if share >= _URGENT:
        return Severity.URGENT
    return Severity.WARNING if share >= _WARNING else Severity.NOTICE


def alarm_of(incident: str, status: ClockStatus, mark: ThresholdInstant, severity: Severity | None = None) -> Alert:
    """The alarm that a mark of a clock calls for."""
    rule = status.rule
    return Alert(
        incident=incident,
        clock=status.id,
        generation=status.generation,
        threshold=mark.text,
        severity=severity or _severity_at(status, mark),
        at=mark.at,
        due_at=status.work_by,
        is_statutory=is_law(status),
        title=rule.title,
        is_from_memory=rule.from_memory,
    )


def duration_text(length: timedelta) -> str:
    """`PT3H`, `PT90M`, `PT45S`: exact, in the largest unit that is whole."""
    seconds = int(length.total_seconds())
    for size, unit in ((3600, "H"), (60, "M")):
        if seconds and seconds % size == 0:
            return f"PT{seconds // size}{unit}"
    return f"PT{seconds}S"
