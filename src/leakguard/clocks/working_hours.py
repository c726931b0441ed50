"""Walking through working hours: the schedule's stretches on the days that are worked, without the pauses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from leakguard.clocks.calendars import WEEKDAYS, is_working
from leakguard.clocks.durations import exact_words, parse_exact
from leakguard.clocks.frames import Frame, Trace
from leakguard.clocks.rules import Amount, Schedule
from leakguard.clocks.spans import ZERO, Span, without
from leakguard.clocks.times import settle_local, start_of_day
from leakguard.clocks.walks import DAY, Walked
from leakguard.errors import UsageProblem

MAX_WALK_DAYS = 36_600
"""A century of days: a schedule that has not used its amount up by then never will."""


def walk_hours(amount: Amount, start: datetime, frame: Frame, trace: Trace) -> Walked:
    """Walk an amount of working hours; raises `UsageProblem` when the schedule never offers them."""
    hours = amount.business_hours
    schedule = hours.schedule or frame.schedule if hours is not None else None
    if hours is None or schedule is None:
        raise UsageProblem("business_hours needs a schedule", next_step="Add `schedule` to the clock.")
    left = parse_exact(hours.amount)
    ran: list[Span] = []
    for window in _windows(start, schedule, frame):
        for begin, until in without(window, frame.pauses):
            step = min(left, until - begin)
            ran.append((begin, begin + step))
            left -= step
            if left <= ZERO:
                trace.add("{} within {}: {}.", exact_words(hours.amount), _said(schedule, frame), begin + step)
                end = begin + step
                return Walked(start=start, end=end, ran=tuple(ran), unpaused=end)
    raise UsageProblem(f"the schedule never offers {hours.amount}", next_step="Correct its days or hours.")


def _windows(start: datetime, schedule: Schedule, frame: Frame) -> Iterator[Span]:
    """Working hours from `start` on, one stretch a day."""
    day = frame.day_of(start)
    for _ in range(MAX_WALK_DAYS):
        if _is_scheduled(day, schedule, frame):
            begin = settle_local(datetime.combine(day, time.fromisoformat(schedule.from_)), frame.zone)
            if schedule.to == "24:00":
                until = start_of_day(day + DAY, frame.zone)
            else:
                until = settle_local(datetime.combine(day, time.fromisoformat(schedule.to)), frame.zone)
            if until > start:
                yield max(begin, start), until
        day += DAY


def _is_scheduled(day: date, schedule: Schedule, frame: Frame) -> bool:
    """Whether the schedule runs on `day`; a made-up working day counts even where its weekday is not listed."""
    if frame.calendar is None:
        return schedule.days is None or WEEKDAYS[day.weekday()] in schedule.days
    if schedule.days is None:
        return is_working(frame.calendar, day)
    days = frame.calendar.year(day.year)
    return day in days.made_up or (WEEKDAYS[day.weekday()] in schedule.days and day not in days.holidays)


def _said(schedule: Schedule, frame: Frame) -> str:
    days = ", ".join(schedule.days) if schedule.days else "working days"
    off = f", without the days off of {frame.calendar.name}" if frame.calendar is not None else ""
    return f"working hours ({days} from {schedule.from_} to {schedule.to}{off})"
