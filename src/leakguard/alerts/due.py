"""Which alarms are due: of all that passed on a clock only the most severe is raised, the rest is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.alerts.deadlines_near import MOVED
from leakguard.alerts.forecast import FORECAST
from leakguard.alerts.history import History
from leakguard.alerts.marks import alarm_of, duration_text, is_over, is_watched, marks_of, next_repeat, repeat_of
from leakguard.alerts.records import TOLD_BEFORE, MissedThreshold
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.thresholds import ThresholdInstant
from leakguard.clocks.verdicts import FINAL_STATES
from leakguard.frozen import Frozen, replace
from leakguard.models.alerts import Alert, Severity


class Due(Frozen):
    """What has to be kept about one clock now."""

    raised: Alert | None = None
    missed: tuple[MissedThreshold, ...] = ()
    is_overdue_at_birth: bool = False
    """Its limit was over before anybody had recorded what it counts from."""


class Watch(Frozen):
    """From when to when this look at the clocks reaches."""

    now: datetime
    last_beat: datetime | None
    """The end of the last whole cycle; `None` when nobody has watched before."""
    repeat: timedelta


def due_of(incident: str, status: ClockStatus, history: History, watch: Watch) -> Due:
    """What is due on one clock at `watch.now`; nothing when it was all kept before."""
    if status.computed.limb_deadline is None:
        return Due()
    kept = history.told_of(status.id, status.generation, status.work_by)
    if not is_watched(status):
        return Due(missed=_missed_before_end(incident, status, kept, watch))
    passed = _passed(status, history, watch)
    if not passed or passed[-1].text in kept:
        return Due()
    top, rest = passed[-1], [mark for mark in passed[:-1] if mark.text not in kept]
    missed = [_missed(incident, status, mark, top.text, watch) for mark in rest]
    missed += _skipped_repeats(incident, status, top, kept, watch)
    alarm = _at_least_as_urgent(alarm_of(incident, status, top), kept)
    if _was_told(alarm, history, watch):
        missed_threshold = MissedThreshold(alarm=alarm, reason=TOLD_BEFORE, instead="")
        return Due(missed=(*missed, missed_threshold))
    return Due(raised=alarm, missed=tuple(missed), is_overdue_at_birth=not kept and _is_born_late(status))


def next_look(statuses: Iterable[ClockStatus], repeat: timedelta, now: datetime) -> datetime | None:
    """When something about these clocks changes next, as far as is known now."""
    moments = [status.next_change for status in statuses]
    moments += [next_repeat(status, repeat, now) for status in statuses if is_over(status)]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _passed(status: ClockStatus, history: History, watch: Watch) -> list[ThresholdInstant]:
    """All marks up to now; the last repeat only while nobody has acknowledged."""
    passed = [mark for mark in marks_of(status) if mark.at <= watch.now]
    repeat = repeat_of(status, watch.repeat, watch.now)
    acks = (acknowledgement for acknowledgement in history.acknowledgements if acknowledgement.clock == status.id)
    if repeat is None or any(ack.until > watch.now for ack in acks):
        return passed
    return sorted([*passed, repeat], key=lambda mark: mark.at)


def _missed(incident: str, status: ClockStatus, mark: ThresholdInstant, instead: str, watch: Watch) -> MissedThreshold:
    known = _known_at(status)
    since = max(watch.last_beat or known, known)
    alarm = alarm_of(incident, status, mark)
    if mark.at <= since:
        return MissedThreshold(alarm=alarm, reason="known_late", instead=instead)
    return MissedThreshold(alarm=alarm, reason="offline", instead=instead, unwatched_since=since)


def _missed_before_end(
    incident: str, status: ClockStatus, kept: Mapping[str, Alert], watch: Watch
) -> tuple[MissedThreshold, ...]:
    """Thresholds that passed while nobody watched, of a clock that ended before anybody looked: no gap."""
    ended_at = status.verdict.ended_at
    if status.state not in FINAL_STATES or ended_at is None:
        return ()
    since = max(watch.last_beat or _known_at(status), _known_at(status))
    passed = (mark for mark in marks_of(status) if since < mark.at < ended_at and mark.text not in kept)
    return tuple(_missed(incident, status, mark, "", watch) for mark in passed)


def _skipped_repeats(
    incident: str, status: ClockStatus, top: ThresholdInstant, kept: Mapping[str, Alert], watch: Watch
) -> list[MissedThreshold]:
    """The repeats that passed while nobody watched, as one entry: a long outage must not flood the ledger."""
    due = status.work_by
    if due is None or top.at < due + 2 * watch.repeat:
        return []
    since = max(watch.last_beat or _known_at(status), _known_at(status), due)
    first = (since - due) // watch.repeat + 1
    last = (top.at - due) // watch.repeat - 1
    if first > last or any(alarm.at > since for alarm in kept.values()):
        return []
    texts = [f"+{duration_text(watch.repeat * count)}" for count in (first, last)]
    text = texts[0] if first == last else f"{texts[0]} to {texts[1]}"
    mark = ThresholdInstant(text=text, at=due + watch.repeat * first)
    alarm = alarm_of(incident, status, mark, Severity.OVERDUE)
    return [MissedThreshold(alarm=alarm, reason="offline", instead=top.text, unwatched_since=since)]


def _at_least_as_urgent(alarm: Alert, kept: Mapping[str, Alert]) -> Alert:
    """Never milder than a forecast or a move of the limit before it: see `marks`, which does so for thresholds."""
    told = (kept[threshold].severity for threshold in (FORECAST, MOVED) if threshold in kept)
    return replace(alarm, severity=max((alarm.severity, *told), key=lambda severity: severity.rank))


def _known_at(status: ClockStatus) -> datetime:
    """When the event was recorded from which the clock counts; the ledger's own time may be ahead of every clock."""
    limit, now = status.computed.limb_deadline, status.computed.at
    return min(limit.anchor.recorded_at, now) if limit is not None else now


def _is_born_late(status: ClockStatus) -> bool:
    return status.work_by is not None and status.work_by <= _known_at(status)


def _was_told(alarm: Alert, history: History, watch: Watch) -> bool:
    """Whether people were told of the same threshold before the clock changed, and the limit did not move closer.

    Only what had passed by the last look was told then: on the way to a limit that moved away it passes once more.
    """
    has_just_passed = watch.last_beat is None or alarm.at > watch.last_beat
    if has_just_passed or alarm.severity is Severity.OVERDUE or alarm.due_at is None:
        return False
    before = (
        kept[alarm.threshold].due_at
        for (clock, generation), kept in history.kept.items()
        if clock == alarm.clock and generation <= alarm.generation and alarm.threshold in kept
    )
    return any(due is not None and due <= alarm.due_at for due in before)


def grouped(dues: Sequence[Due]) -> tuple[tuple[Alert, ...], ...]:
    """The alarms of one look at one incident, as messages: all that were overdue at birth in one, then by urgency.

    Clocks of laws and internal ones stay apart, since quiet hours hold for the internal ones alone.
    """
    groups: dict[tuple[object, ...], list[Alert]] = {}
    for due in dues:
        if due.raised is not None:
            born = due.is_overdue_at_birth
            key = (True,) if born else (False, due.raised.severity, due.raised.is_statutory)
            groups.setdefault(key, []).append(due.raised)
    return tuple(tuple(group) for group in groups.values())
