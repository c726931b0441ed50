"""A time axis: which stretch it shows, where its ticks stand and what they say, on the wall clock of a zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from leakguard.clocks.times import start_of_day
from leakguard.frozen import Frozen

_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 7, 14, 30, 61, 122, 244)
MOST_TICKS = 9
_MARGIN = 0.03


class Axis(Frozen):
    """From `start` to `end` over `width` units, beginning at `left`."""

    start: datetime
    end: datetime
    left: float
    width: float

    def x(self, moment: datetime) -> float:
        """Where a moment stands; what lies outside stands at the edge."""
        share = (moment - self.start) / (self.end - self.start)
        return self.left + self.width * min(1.0, max(0.0, share))

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies on the axis."""
        return self.start <= moment <= self.end


def axis_over(first: datetime, last: datetime, *, left: float, width: float) -> Axis:
    """An axis that shows both moments, with a little room beside them."""
    room = max((last - first) * _MARGIN, timedelta(minutes=1))
    return Axis(start=first - room, end=last + room, left=left, width=width)


def ticks(axis: Axis, zone: ZoneInfo) -> tuple[datetime, ...]:
    """At most nine round local times."""
    whole = axis.end - axis.start
    for hours in _HOURS:
        if whole / timedelta(hours=hours) <= MOST_TICKS:
            return tuple(_within(axis, _hours(axis, zone, hours)))
    days = next((days for days in _DAYS if whole / timedelta(days=days) <= MOST_TICKS), None)
    step = days or -(-whole.days // MOST_TICKS)
    return tuple(_within(axis, (start_of_day(day, zone) for day in _days(axis, zone, step))))


def _within(axis: Axis, moments: Iterator[datetime]) -> Iterator[datetime]:
    return (moment for moment in moments if axis.holds(moment))


def _days(axis: Axis, zone: ZoneInfo, step: int) -> Iterator[date]:
    day, last = axis.start.astimezone(zone).date(), axis.end.astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=step)


def _hours(axis: Axis, zone: ZoneInfo, step: int) -> Iterator[datetime]:
    """Counted anew from each midnight, so that a day of 23 hours moves nothing after it."""
    for day in _days(axis, zone, 1):
        begun, over = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
        at = begun
        while at < over:
            yield at
            at += timedelta(hours=step)
