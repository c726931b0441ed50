"""Calendars: which days are worked, in which country or organisation, and how far ahead that is known.

Public holidays come from the library `holidays`, with the compensatory working days of some countries' weekends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from leakguard.clocks.public_days import EURO_DAYS, YearOfDays, library_release, library_year, supported_countries
from leakguard.errors import UsageProblem
from leakguard.files.light_shapes import LightShape
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, field

_DAY = timedelta(days=1)
_SEARCH_DAYS = 400
"""A calendar with no working day in more than a year is a mistake, not a long holiday."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Calendar(Protocol):
    """Which days are worked."""

    @property
    def name(self) -> str:
        """As rules name it."""

    @property
    def is_internal(self) -> bool:
        """Whether it is an organisation's own calendar, which no law knows."""

    def year(self, year: int) -> YearOfDays:
        """The days of one year."""

    def version(self, first: int, last: int) -> str:
        """Where the data of these years comes from, with a digest of them."""


def is_working(calendar: Calendar, day: date) -> bool:
    """Whether `day` is a working day."""
    days = calendar.year(day.year)
    if day in days.working_weekend_days:
        return True
    return day.weekday() not in days.weekend and day not in days.holidays


def reason_off_work(calendar: Calendar, day: date) -> str:
    """Why `day` is no working day: the holiday's name or the weekday; empty for a working day."""
    if is_working(calendar, day):
        return ""
    return calendar.year(day.year).holidays.get(day) or f"{day:%A}"


def next_working(calendar: Calendar, day: date) -> date:
    """The first working day after `day`. Raises `UsageProblem` for a calendar that has none in a year."""
    for _ in range(_SEARCH_DAYS):
        day += _DAY
        if is_working(calendar, day):
            return day
    raise UsageProblem(
        f"the calendar `{calendar.name}` has no working day in a year", next_step="Correct the calendar."
    )


def is_provisional(calendar: Calendar, first: date, last: date) -> bool:
    """Whether the days of any year from `first` to `last` are estimated."""
    return any(calendar.year(year).is_estimated for year in range(first.year, last.year + 1))


class OwnCalendar(LightShape):
    """An organisation's own calendar in a file: a public one, with days closed or worked besides."""

    base: str | None = None
    """The public calendar beneath; `None` means plain weeks."""
    closed: tuple[date, ...] = ()
    """Days that are not worked, besides those of the public calendar."""
    open: tuple[date, ...] = ()
    """Days that are worked although they lie on a weekend or a holiday."""
    known_until: int | None = None
    """The last year that was announced."""


class OrganisationCalendar(Frozen):
    """An organisation's own calendar with its name, for internal clocks alone; `OwnCalendar` is its file."""

    name: str
    shape: OwnCalendar
    is_internal: bool = True

    def year(self, year: int) -> YearOfDays:
        """The days of the public calendar beneath, changed by the organisation."""
        below = public_calendar(self.shape.base).year(year) if self.shape.base else _PLAIN
        opened = frozenset(day for day in self.shape.open if day.year == year)
        off = {day: name for day, name in below.holidays.items() if day not in opened}
        off |= {day: "closed by the organisation" for day in self.shape.closed if day.year == year}
        late = self.shape.known_until is not None and year > self.shape.known_until
        return YearOfDays(
            holidays=off,
            working_weekend_days=(below.working_weekend_days | opened) - off.keys(),
            weekend=below.weekend,
            is_estimated=late or below.is_estimated,
        )

    def version(self, first: int, last: int) -> str:
        """The calendar's name and a digest of the days."""
        return f"calendar {self.name} of the organisation, {digest(self, first, last)}"


class PublicCalendar(Frozen):
    """The public holidays of a country or a subdivision of it."""

    name: str
    is_internal: bool = False

    def year(self, year: int) -> YearOfDays:
        """The days of one year; every year is read from the library once in a process."""
        return library_year(self.name, year)

    def version(self, first: int, last: int) -> str:
        """The library's release and a digest of the days."""
        return f"calendar {self.name} of the library holidays {library_release()}, {digest(self, first, last)}"


_PLAIN = YearOfDays(holidays={}, working_weekend_days=frozenset(), weekend=frozenset({5, 6}), is_estimated=False)


@lru_cache(maxsize=512)
def public_calendar(name: str) -> PublicCalendar:
    """The calendar of `CN`, `DE-BY` or the euro payment days; raises `UsageProblem` naming the nearest code."""
    if name == EURO_DAYS:
        return PublicCalendar(name=name)
    supported = supported_countries()
    country, hyphen, subdivision = name.partition("-")
    if country not in supported or len(country) != 2:  # noqa: PLR2004  (ISO 3166-1 alpha-2)
        near = nearest_name(name.upper()[:20], [code for code in supported if len(code) == 2])  # noqa: PLR2004  (as above)
        hint = f" (did you mean `{near}`?)" if near else ""
        raise UsageProblem(f"unknown calendar `{name[:40]}`{hint}", next_step="Use a code such as CN, US-CA or DE-BY.")
    if hyphen and subdivision not in supported[country]:
        parts = ", ".join(supported[country]) or "none"
        raise UsageProblem(f"{country} has no part `{subdivision[:20]}`; known: {parts}", next_step="Correct the code.")
    return PublicCalendar(name=name)


def has_calendar(country: str) -> bool:
    """Whether the public holidays of a country, by its ISO code of two letters, are known."""
    return country in supported_countries()


@lru_cache(maxsize=4096)
def _library_digest(name: str, first: int, last: int) -> str:
    return _digest(PublicCalendar(name=name), first, last)


def digest(calendar: Calendar, first: int, last: int) -> str:
    """Short SHA-256 over the days of these years."""
    return _digest(calendar, first, last) if calendar.is_internal else _library_digest(calendar.name, first, last)


def _digest(calendar: Calendar, first: int, last: int) -> str:
    lines = []
    for number in range(first, last + 1):
        days = calendar.year(number)
        lines.append(f"{number} {sorted(days.weekend)} {days.is_estimated}")
        lines += sorted(f"{day} off" for day in days.holidays)
        lines += sorted(f"{day} worked" for day in days.working_weekend_days)
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


class Calendars(Frozen):
    """All calendars that rules may name: the library's, and the organisation's own by their names."""

    own: Mapping[str, OwnCalendar] = field(default_factory=dict)

    def get(self, name: str) -> Calendar:
        """The calendar of this name; raises `UsageProblem`."""
        if name in self.own:
            return OrganisationCalendar(name=name, shape=self.own[name])
        return public_calendar(name)
