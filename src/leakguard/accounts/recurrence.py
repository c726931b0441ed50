"""How a shift recurs: the rules of RFC 5545 that people make rosters with, gone through in bounded time."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from leakguard.frozen import Frozen

_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY"})
_DAY = re.compile(r"([+-]?[1-4])?(MO|TU|WE|TH|FR|SA|SU)")
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOST_INTERVAL, _MOST_COUNT = 1_000, 100_000
_LONGEST_MONTH = 31
_MOST_VALUES = 62
Count = Callable[[datetime], bool]
"""Counts a period that is gone through; false where no later one is asked for."""


class Rule(Frozen):
    """One rule of recurrence."""

    frequency: str
    """`DAILY`, `WEEKLY`, `MONTHLY` or `YEARLY`."""
    interval: int = 1
    count: int = 0
    """Zero without one."""
    until: datetime | None = None
    days: tuple[tuple[int, int], ...] = ()
    """Ordinal in the month, zero for each, and weekday, zero for Monday."""
    month_days: tuple[int, ...] = ()
    week_start: int = 0


def rule_of(stated: Mapping[str, Any], *, until: datetime | None) -> Rule | None:
    """The rule that an RRULE states; `None` for one that no roster needs."""
    parts = {
        str(key).upper(): list(value) if isinstance(value, list | tuple) else [value] for key, value in stated.items()
    }
    if any(len(value) > _MOST_VALUES for value in parts.values()):
        return None
    frequency = str(parts.get("FREQ", [""])[0]).upper()
    days = [_DAY.fullmatch(str(weekday).upper()) for weekday in parts.get("BYDAY", [])]
    month_days = tuple(int(number) for number in parts.get("BYMONTHDAY", []))
    interval, count = int(parts.get("INTERVAL", [1])[0]), int(parts.get("COUNT", [0])[0])
    start = str(parts.get("WKST", ["MO"])[0]).upper()
    found = tuple((int(day[1] or 0), _WEEK.index(day[2])) for day in days if day is not None)
    rule = Rule(
        frequency=frequency, interval=interval, count=count, until=until, days=found, month_days=month_days,
        week_start=_WEEK.index(start) if start in _WEEK else 0,
    )  # fmt: skip
    return rule if parts.keys() <= _KNOWN and None not in days and start in _WEEK and _is_usable(rule) else None


def _is_usable(rule: Rule) -> bool:
    """Whether its parts go together, and none of them makes it go round for ever."""
    has_places = any(place for place, _ in rule.days)
    fits = {
        "DAILY": not rule.month_days and not has_places,
        "WEEKLY": not rule.month_days and not has_places,
        "MONTHLY": not (rule.month_days and rule.days),
        "YEARLY": not rule.month_days and not rule.days,
    }
    return (
        fits.get(rule.frequency, False)
        and 1 <= rule.interval <= _MOST_INTERVAL
        and 0 <= rule.count <= _MOST_COUNT
        and all(1 <= abs(month_day) <= _LONGEST_MONTH for month_day in rule.month_days)
    )


def turns(rule: Rule, start: datetime, count: Count) -> Iterator[datetime]:
    """Each begin from `start` on, in order, on the wall clock of its zone, as long as `count` lets it go on."""
    make = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[rule.frequency]
    for number in range(_MOST_COUNT):
        try:
            period, begins = make(rule, start, number * rule.interval)
        except (OverflowError, ValueError):  # behind the year 9999
            return
        if not count(period):
            return
        yield from sorted(begin for begin in begins if begin >= start)


def _daily(rule: Rule, start: datetime, place: int) -> tuple[datetime, list[datetime]]:
    day = start + timedelta(days=place)
    weekdays = [weekday for _, weekday in rule.days]
    return day, [day] if not weekdays or day.weekday() in weekdays else []


def _weekly(rule: Rule, start: datetime, place: int) -> tuple[datetime, list[datetime]]:
    first = start - timedelta(days=(start.weekday() - rule.week_start) % 7) + timedelta(weeks=place)
    weekdays = {weekday for _, weekday in rule.days} or {start.weekday()}
    week = (first + timedelta(days=number) for number in range(7))
    return first, [day for day in week if day.weekday() in weekdays]


def _monthly(rule: Rule, start: datetime, place: int) -> tuple[datetime, list[datetime]]:
    year, month = divmod(start.year * 12 + start.month - 1 + place, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    length = monthrange(year, month + 1)[1]
    if rule.days:
        month_days = {day for rule_day in rule.days for day in _weekdays(first, length, *rule_day)}
    else:
        stated = rule.month_days or (start.day,)
        month_days = {day if day > 0 else length + 1 + day for day in stated}
    return first, [first.replace(day=day) for day in month_days if 1 <= day <= length]


def _weekdays(first: datetime, length: int, place: int, weekday: int) -> list[int]:
    """The days of a month that are such a weekday; of a place in the month, that one alone."""
    days = [day for day in range(1, length + 1) if (first.weekday() + day - 1) % 7 == weekday]
    return [days[place - 1 if place > 0 else place]] if place else days


def _yearly(_: Rule, start: datetime, place: int) -> tuple[datetime, list[datetime]]:
    first = start.replace(year=start.year + place, month=1, day=1)
    is_there = start.day <= monthrange(first.year, start.month)[1]
    return first, [start.replace(year=first.year)] if is_there else []
