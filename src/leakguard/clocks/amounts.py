"""Adds an amount of time to an anchor, each unit in its own way.

Hours run on the UTC line, days in the local calendar, working days and hours in what the calendar and schedule allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from leakguard.clocks.calendars import WEEKDAYS, is_working, reason_off_work
from leakguard.clocks.durations import exact_parts, parse_calendar_period, parse_exact, period_parts
from leakguard.clocks.frames import Frame, Trace
from leakguard.clocks.phrases import JoinedPhrases, Phrase, Translatable
from leakguard.clocks.rules import Amount, Schedule
from leakguard.clocks.spans import ZERO, Span, before, overlap, total, walk, without
from leakguard.clocks.times import MICROSECOND, end_of_day, resolve_computed, start_of_day
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

DAY = timedelta(days=1)


class AmountEnd(Frozen):
    """Where an amount ends, before the rules about ends (`deadlines.apply_end_rules`)."""

    start: datetime
    end: datetime
    ran: tuple[Span, ...]
    """The spans from `start` to `end` in which the time ran: without pauses and, for working hours, without what lies
    outside the schedule."""
    unpaused: datetime
    """Where it would end if there were no pauses; used by the rollover.

    It is not computed for working days and hours: there it is `end`, which pauses have already moved.
    """


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

    Where daylight saving time shifts by half an hour, one step may end at half past; a second step then ends at the
    full hour.
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


def budget_of(amount_end: AmountEnd, end: datetime) -> tuple[Span, ...]:
    """The budget: the spans in which the clock's time runs, up to `end`.

    `end` is `amount_end.end` after `deadlines.apply_end_rules`. Thresholds such as `50%` are shares of the budget.
    It is never empty.
    """
    if end > amount_end.end:
        return (*amount_end.ran, (amount_end.end, end))
    cut = before(amount_end.ran, end)
    return cut if total(cut) > ZERO else ((amount_end.start, max(amount_end.start, end)),)


MAX_WALK_DAYS = 36_600
"""A century of days: a schedule that has not used up its amount by then never will."""


def _business_hours(amount: Amount, start: datetime, frame: Frame, trace: Trace) -> AmountEnd:
    """Add working hours; raises `UsageProblem` when the schedule never offers them."""
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
                trace.add(
                    "{} within {}: {}.", exact_parts(hours.amount), _schedule_phrase(schedule, frame), begin + step
                )
                end = begin + step
                return AmountEnd(start=start, end=end, ran=tuple(ran), unpaused=end)
    raise UsageProblem(f"the schedule never offers {hours.amount}", next_step="Correct its days or hours.")


def _windows(start: datetime, schedule: Schedule, frame: Frame) -> Iterator[Span]:
    """Working hours from `start` on, one stretch a day."""
    day = frame.day_of(start)
    for _ in range(MAX_WALK_DAYS):
        if _is_scheduled(day, schedule, frame):
            begin = resolve_computed(datetime.combine(day, time.fromisoformat(schedule.from_)), frame.zone)
            if schedule.to == "24:00":
                until = start_of_day(day + DAY, frame.zone)
            else:
                until = resolve_computed(datetime.combine(day, time.fromisoformat(schedule.to)), frame.zone)
            if until > start:
                yield max(begin, start), until
        day += DAY


def _is_scheduled(day: date, schedule: Schedule, frame: Frame) -> bool:
    """Whether the schedule runs on `day`; a compensatory working day counts even if its weekday is not listed."""
    if frame.calendar is None:
        return schedule.days is None or WEEKDAYS[day.weekday()] in schedule.days
    if schedule.days is None:
        return is_working(frame.calendar, day)
    days = frame.calendar.year(day.year)
    return day in days.working_weekend_days or (WEEKDAYS[day.weekday()] in schedule.days and day not in days.holidays)


def _schedule_phrase(schedule: Schedule, frame: Frame) -> Phrase:
    days = JoinedPhrases(", ", tuple(map(Translatable, schedule.days))) if schedule.days else Phrase("working days")
    values = (days, schedule.from_, schedule.to)
    if frame.calendar is None:
        return Phrase("working hours ({} from {} to {})", values)
    off = (*values, frame.calendar.name)
    return Phrase("working hours ({} from {} to {}, without the days off of {})", off)


def add_amount(
    amount: Amount, anchor: datetime, frame: Frame, trace: Trace,
    *, deadline_of: Callable[[AmountEnd], datetime], stated_year: int | None = None,
) -> AmountEnd:  # fmt: skip
    """Add any amount but `none`. Raises `UsageProblem` when a schedule or calendar never allows it.

    `deadline_of` applies the rules about ends; `business_days` alone uses it. `stated_year`: see `times.year_of`;
    `year_end_plus` alone uses it.
    """
    start = counted_from(anchor, frame, trace)
    match amount.unit:
        case "elapsed":
            return _elapsed(str(amount.elapsed), start, frame, trace)
        case "calendar":
            return _calendar(str(amount.calendar), anchor, start, frame, trace)
        case "year_end_plus":
            local = frame.day_of(anchor).year
            year = local if stated_year is None else min(local, stated_year)
            return _year_end(str(amount.year_end_plus), year, start, frame, trace)
        case "business_days":
            return _business_days(amount.business_days or 0, anchor, start, frame, trace, deadline_of)
        case _:
            return _business_hours(amount, start, frame, trace)


def _elapsed(text: str, start: datetime, frame: Frame, trace: Trace) -> AmountEnd:
    need = parse_exact(text)
    end, ran = walk(start, need, frame.pauses)
    trace.add("{} of exact time, counted in UTC: {}.", exact_parts(text), start + need)
    return AmountEnd(start=start, end=_after_pauses(start, end, frame, trace), ran=ran, unpaused=start + need)


def _calendar(text: str, anchor: datetime, start: datetime, frame: Frame, trace: Trace) -> AmountEnd:
    period = parse_calendar_period(text)
    if frame.count_from == "next_day":
        last = end_of_day(period.after(frame.day_of(anchor)), frame.zone)
        start = min(start, last)
    else:
        local = start.astimezone(frame.zone)
        last = max(start, resolve_computed(datetime.combine(period.after(local.date()), local.time()), frame.zone))
    trace.add("{} in the local calendar of {}: {}.", period_parts(text), frame.zone.key, last)
    end, ran = walk(start, last - start, frame.pauses)
    return AmountEnd(start=start, end=_after_pauses(start, end, frame, trace), ran=ran, unpaused=last)


def _year_end(text: str, year: int, start: datetime, frame: Frame, trace: Trace) -> AmountEnd:
    """The end of the period `text`, counted from 31 December of `year`.

    `year` is the smallest of three years of the anchor: in the clock's zone, in the zone of its stated time, and as
    written. With `use_anchor_latest` (see `deadlines.deciding_deadline`), only the first of these counts.
    """
    year_end = date(year, 12, 31)
    last = end_of_day(parse_calendar_period(text).after(year_end), frame.zone)
    trace.add("{} after the end of {}: {}.", period_parts(text), year_end.year, last)
    start = min(start, last)
    end, ran = walk(start, last - start, frame.pauses)
    return AmountEnd(start=start, end=_after_pauses(start, end, frame, trace), ran=ran, unpaused=last)


def _after_pauses(start: datetime, end: datetime, frame: Frame, trace: Trace) -> datetime:
    stopped = overlap(frame.pauses, start, end)
    if stopped:
        trace.add("Paused for {} on the way, overlaps counted once; that moves the end to {}.", stopped, end)
    return end


_SHOWN_DAYS = 12
"""The most days off that one sentence names."""
# Index the next two tuples with whether the number is other than 1.
_ENDS_ON = (
    "{} working day, counted from the next day on, ends on {} {}.",
    "{} working days, counted from the next day on, end on {} {}.",
)
_PAUSED_DAYS = ("Paused for {} whole working day on the way.", "Paused for {} whole working days on the way.")


def _business_days(
    count: int, anchor: datetime, start: datetime, frame: Frame, trace: Trace,
    deadline_of: Callable[[AmountEnd], datetime],
) -> AmountEnd:  # fmt: skip
    day = frame.day_of(anchor if frame.count_from == "next_day" else start)
    worked = 0
    paused = Fraction(0)
    skipped: list[object] = []
    # Pauses give back a working day only once they add up to a whole one: the strict reading. Of the day on which the
    # count ends, only what was paused before the deadline counts: what was missed stays missed.
    while worked - int(paused) < count:
        day += DAY
        if not is_working(frame.required_calendar, day):
            why = Translatable(reason_off_work(frame.required_calendar, day))
            skipped.append(JoinedPhrases(" ", (day, why)))
            continue
        worked += 1
        paused_before_deadline = paused
        if frame.pauses and worked >= count:
            end = _amount_end_on(day, start, frame)
            deadline = deadline_of(AmountEnd(start=start, end=end, ran=(), unpaused=end))
            paused_before_deadline += _paused_share(day, frame, up_to=deadline + MICROSECOND)
        is_last_day = worked - int(paused_before_deadline) >= count
        paused = paused_before_deadline if is_last_day else paused + _paused_share(day, frame)
    end = _amount_end_on(day, start, frame)
    trace.add(_ENDS_ON[count != 1], count, Translatable(f"{day:%A}"), day)
    if skipped:
        shown = JoinedPhrases(", ", tuple(skipped[:_SHOWN_DAYS]))
        trace.add("Not counted: {}.", Phrase("{} ...", (shown,)) if len(skipped) > _SHOWN_DAYS else shown)
    if paused:
        trace.add(_PAUSED_DAYS[int(paused) != 1], int(paused))
    ran = without((start, end), frame.pauses) or ((start, end),)
    return AmountEnd(start=start, end=end, ran=ran, unpaused=end)


def _amount_end_on(day: date, start: datetime, frame: Frame) -> datetime:
    """The start's time of day on the last working day; the end of that day if counting began with a whole day.

    If counting starts on a day off, it ends with the last day too: otherwise a start on Saturday could give an earlier
    deadline than one on Friday.
    """
    if frame.count_from == "next_day" or not is_working(frame.required_calendar, frame.day_of(start)):
        return end_of_day(day, frame.zone)
    return resolve_computed(datetime.combine(day, start.astimezone(frame.zone).time()), frame.zone)


def _paused_share(day: date, frame: Frame, up_to: datetime | None = None) -> Fraction:
    """How much of a day lies in pauses; with `up_to`, only what was paused before it counts."""
    if not frame.pauses:
        return Fraction(0)
    begin, until = start_of_day(day, frame.zone), start_of_day(day + DAY, frame.zone)
    stopped = overlap(frame.pauses, begin, min(until, up_to or until))
    return Fraction(stopped // MICROSECOND, (until - begin) // MICROSECOND)
