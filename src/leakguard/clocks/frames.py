"""The frame of a computation: zone, calendar and schedule, how counting starts and how it ends.

The *strict* reading of a rule gives the earliest defensible deadline, by which work is planned. Its text may support a
*lenient* reading too, with a later deadline: the statutory limit.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from leakguard.clocks.calendars import Calendar, Calendars
from leakguard.clocks.phrases import Line
from leakguard.clocks.rules import ClockRule, LenientReading, Schedule
from leakguard.clocks.spans import Span
from leakguard.clocks.times import zone_of
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen


class Frame(Frozen):
    """One reading of a rule, with everything that it names looked up; the fields are as in `ClockRule`."""

    zone: ZoneInfo
    calendar: Calendar | None
    schedule: Schedule | None
    count_from: str
    end_at: str | None
    rollover: str
    min_business_days: int
    pauses: tuple[Span, ...] = ()
    """Merged."""

    def day_of(self, moment: datetime) -> date:
        """The local day on which `moment` falls."""
        return moment.astimezone(self.zone).date()

    @property
    def required_calendar(self) -> Calendar:
        """The calendar. Raises `UsageProblem` if there is none, which the validation of rules prevents."""
        if self.calendar is None:
            raise UsageProblem("working days need a `calendar`", next_step="Add `calendar` to the clock.")
        return self.calendar


def frame_of(
    rule: ClockRule, calendars: Calendars, pauses: tuple[Span, ...], lenient: LenientReading | None = None
) -> Frame:
    """The strict frame of a rule, or by `lenient` the lenient reading that its text supports.

    Raises `UsageProblem` for an unknown calendar.
    """
    differing = lenient or _NO_DIFFERENCE
    name = differing.calendar or rule.calendar
    days = differing.min_business_days
    return Frame(
        zone=zone_of(differing.zone or rule.zone or "UTC"),
        calendar=calendars.get(name) if name is not None else None,
        schedule=rule.schedule,
        count_from=differing.count_from or rule.count_from,
        end_at=differing.end_at or rule.end_at,
        rollover=differing.rollover or rule.rollover,
        min_business_days=rule.min_business_days if days is None else days,
        pauses=pauses,
    )


_NO_DIFFERENCE = LenientReading()


class Trace:
    """Collects the lines of a computation in their order."""

    __slots__ = ("lines", "zone")

    def __init__(self, zone: ZoneInfo) -> None:
        """Times are shown on the wall clock of `zone` and in UTC."""
        self.zone = zone
        self.lines: list[Line] = []

    def add(self, template: str, *values: object) -> None:
        """Remember a sentence; `{}` takes the values in their order."""
        self.lines.append((template, values))
