"""Where a limit ends: rounded to an hour, a day or a time of day, and moved off days that are not worked."""

from __future__ import annotations

from datetime import date, datetime, time

from leakguard.clocks.calendars import is_off_work, is_working, next_working
from leakguard.clocks.frames import Frame, Trace
from leakguard.clocks.times import end_of_day, settle_local
from leakguard.clocks.walks import DAY, Walked, full_hour_after

_ENDS_WITH_THE_DAY = {"business_days", "year_end_plus"}


def ended(unit: str, anchor: datetime, walked: Walked, frame: Frame, trace: Trace) -> datetime:
    """The limit: end rule first, then the least number of working days, then the rollover."""
    mode = frame.end_at or ("end_of_day" if unit in _ENDS_WITH_THE_DAY else "instant")
    due = _rounded(mode, walked, frame)
    if due != walked.end:
        trace.add("It ends at {}: {}.", mode.replace("_", " ").replace("end of", "the end of the"), due)
    if frame.min_business_days == 0 and frame.rollover == "none":
        return due
    due = _holding(mode, anchor, due, frame, trace)
    return due if frame.rollover == "none" else _rolled_over(mode, walked, due, frame, trace)


def _rounded(mode: str, walked: Walked, frame: Frame) -> datetime:
    end = walked.end
    if mode == "instant":
        return end
    if mode == "end_of_hour":
        local = end.astimezone(frame.zone)
        is_full = local.minute == local.second == local.microsecond == 0
        return end if is_full else full_hour_after(end, frame)
    day = frame.day_of(end)
    if mode == "end_of_day":
        return end_of_day(day, frame.zone)
    due = _at(day, mode, frame)
    # A time of day that is over before the clock starts belongs to the next day.
    return due if due >= walked.start else _at(day + DAY, mode, frame)


def _at(day: date, clock: str, frame: Frame) -> datetime:
    return settle_local(datetime.combine(day, time.fromisoformat(clock)), frame.zone)


def _holding(mode: str, anchor: datetime, due: datetime, frame: Frame, trace: Trace) -> datetime:
    """Far enough that the period holds its least number of working days, each of them whole.

    Working days are counted from the day after the anchor (Regulation 1182/71, Article 3(5)).
    """
    if frame.min_business_days == 0:
        return due
    day = frame.day_of(anchor)
    for _ in range(frame.min_business_days):
        day = next_working(frame.worked, day)
    least = _time_on(day, mode, frame)
    if least <= due:
        return due
    trace.add("The period must hold {} whole working days, so it ends at {}.", frame.min_business_days, least)
    return least


def _rolled_over(mode: str, walked: Walked, due: datetime, frame: Frame, trace: Trace) -> datetime:
    """Off a day that is not worked (Regulation 1182/71, Article 3(4)).

    Pauses push an end onwards only: one that they push over such a day ends no earlier than on that day.
    """
    day = frame.day_of(due)
    off = day
    earliest = min(day, frame.day_of(walked.unpaused)) if frame.pauses else day
    while off >= earliest and is_working(frame.worked, off):
        off -= DAY
    if off < earliest:
        return due
    moved = max(due, _time_on(next_working(frame.worked, off), mode, frame))
    if moved != due:
        why = is_off_work(frame.worked, off)
        trace.add("{} is no working day ({}), so it ends at {}.", off, why, moved)
    return moved


def _time_on(day: date, mode: str, frame: Frame) -> datetime:
    if frame.rollover.startswith("next_business_day_at "):
        return _at(day, frame.rollover.rpartition(" ")[2], frame)
    if frame.rollover == "none" and ":" in mode:
        return _at(day, mode, frame)
    return end_of_day(day, frame.zone)
