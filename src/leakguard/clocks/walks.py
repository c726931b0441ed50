"""A walk: from where an amount is counted, where it ends, and the stretches in which it ran."""

from __future__ import annotations

from datetime import datetime, timedelta

from leakguard.clocks.frames import Frame, Trace
from leakguard.clocks.spans import ZERO, Span, total
from leakguard.clocks.times import start_of_day
from leakguard.frozen import Frozen

DAY = timedelta(days=1)


class Walked(Frozen):
    """Where an amount ends before any rounding, and the stretches in which it ran."""

    start: datetime
    end: datetime
    ran: tuple[Span, ...]
    unpaused: datetime
    """Where it would end without pauses; working days and hours end on days that are worked in any case."""


def counted_from(anchor: datetime, frame: Frame, trace: Trace) -> datetime:
    """The instant at which counting starts."""
    if frame.count_from == "next_full_hour":
        start = full_hour_after(anchor, frame)
        trace.add("Counting starts at the next full hour, since the hour of the event is not counted: {}.", start)
        return start
    if frame.count_from == "next_day":
        start = start_of_day(frame.day_of(anchor) + DAY, frame.zone)
        trace.add("Counting starts with the next day: {}.", start)
        return start
    return anchor


def full_hour_after(moment: datetime, frame: Frame) -> datetime:
    """The next full hour on the local wall clock, strictly after `moment`.

    Where clocks are put on or back by half an hour, one step may end at half past: the next one leads to the hour.
    """
    full = _hour_step(moment, frame)
    return full if full.astimezone(frame.zone).minute == 0 else _hour_step(full, frame)


def _hour_step(moment: datetime, frame: Frame) -> datetime:
    local = moment.astimezone(frame.zone)
    return (
        moment
        + timedelta(hours=1)
        - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    )


def budget_of(walked: Walked, end: datetime) -> tuple[Span, ...]:
    """The stretches that make up the budget when rounding has moved the end."""
    if end > walked.end:
        return (*walked.ran, (walked.end, end))
    cut = tuple((begin, min(until, end)) for begin, until in walked.ran if begin < end)
    return cut if total(cut) > ZERO else ((walked.start, max(walked.start, end)),)
