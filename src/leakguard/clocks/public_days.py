"""The days of one year by the library `holidays`: days off, weekends, and compensatory working days.

The library takes 0.1 s to load, so its answers may be cached. The cache is keyed by the release of the library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from leakguard.files.kept import Memory, installed_release
from leakguard.frozen import Frozen

EURO_DAYS = "XECB"
"""The name of the calendar of the days on which the euro payment system is closed, by its market identifier.

Rules of the whole EU use it.
"""


class YearOfDays(Frozen, rename={"working_weekend_days": "made_up"}):
    """What differs from a plain week in one year. The cache keeps it as JSON, with the name in `rename`.

    `made_up` are the days that make up for a day off.
    """

    holidays: Mapping[date, str]
    """Days off and their names, in English where the library has it."""
    working_weekend_days: frozenset[date]
    """Compensatory working days: days on a weekend that are worked in exchange for a day off."""
    weekend: frozenset[int]
    """0 is Monday."""
    is_estimated: bool
    """Whether the year lies beyond what was announced, or any of its dates is an estimate."""


Years = dict[int, YearOfDays]


class CachedDays(Frozen):
    """Cached answers of the library: which countries and subdivisions it knows, and the days of some calendars."""

    supported: Mapping[str, tuple[str, ...]]
    years_of: Callable[[str], Years]
    """The cached years of a calendar, by its name; empty if there are none."""


CACHE: Memory[CachedDays] = Memory()


def days_to_cache(names: Iterable[str], years: Iterable[int]) -> tuple[dict[str, tuple[str, ...]], dict[str, Years]]:
    """Ask the library for its countries, and for these years of the named calendars; unknown names are left out."""
    supported, found = _asked_countries(), {}
    every = tuple(years)
    for name in names:
        country, _, subdivision = name.partition("-")
        if name == EURO_DAYS or (country in supported and (not subdivision or subdivision in supported[country])):
            found[name] = {year: _asked_year(name, year) for year in every}
    return supported, found


def supported_countries() -> Mapping[str, tuple[str, ...]]:
    """The countries whose calendars the library has, each with its subdivisions."""
    cached = CACHE.kept()
    return cached.supported if cached is not None else _asked_countries()


def library_release() -> str:
    """The release of the library that is installed."""
    return installed_release("holidays")


@lru_cache(maxsize=4096)
def library_year(name: str, year: int) -> YearOfDays:
    """The days of `CN` or `DE-BY` in one year, from the cache or the library; read once in a process."""
    cached = CACHE.kept()
    found = cached.years_of(name).get(year) if cached is not None else None
    return found if found is not None else _asked_year(name, year)


@lru_cache(maxsize=1)
def _asked_countries() -> dict[str, tuple[str, ...]]:
    import holidays  # noqa: PLC0415  (0.1 s; most clocks count hours)

    countries = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(parts) for country, parts in countries.items()}


def _asked_year(name: str, year: int) -> YearOfDays:
    import holidays  # noqa: PLC0415  (0.1 s; most clocks count hours)

    country, _, subdivision = name.partition("-")
    # The year after is read too: a Saturday in December is worked in exchange for a day in January.
    data: Any = holidays.country_holidays(
        country, subdiv=subdivision or None, years=[year - 1, year, year + 1], language=_language(country)
    )
    names = {day: str(data[day]) for day in data if day.year == year}
    is_known = data.start_year <= year <= min(_announced_until(data), data.end_year)
    estimated = not is_known or any("estimated" in text for text in names.values())
    return YearOfDays(
        holidays=names,
        working_weekend_days=frozenset(day for day in data.weekend_workdays if day.year == year),
        weekend=frozenset(data.weekend),
        is_estimated=estimated,
    )


def _language(country: str) -> str | None:
    import holidays  # noqa: PLC0415  (0.1 s; most clocks count hours)

    languages = holidays.list_localized_countries().get(country, [])
    return next((language for language in ("en_US", "en_GB") if language in languages), None)


def _announced_until(data: Any) -> int:  # noqa: ANN401  (the library's own class, which it does not type)
    """The last year for which the library's days are complete; `date.max.year` if all are.

    They are all complete if the country does not exchange days: it gives no day off for work on a weekend day. A list
    of exchanged days that ended years ago, as Bulgaria's in 2016, shows that the country no longer exchanges days.
    """
    listed = getattr(data, "special_public_holidays", None) or {} if data.has_substituted_holidays else {}
    exchanged = [year for year, days in listed.items() if _has_exchange(days)]
    last = max(exchanged, default=0)
    return last if last >= _EXCHANGES_LISTED_UNTIL else date.max.year


_EXCHANGES_LISTED_UNTIL = 2025
"""A country whose list of exchanged days ends before this year no longer exchanges days; one with a later list does,
and is estimated after its end."""


def _has_exchange(days: Any) -> bool:  # noqa: ANN401  (a tuple of tuples, or one tuple, as the library likes)
    rows = days if days and isinstance(days[0], tuple) else (days,)
    return any(len(row) > 3 for row in rows)  # noqa: PLR2004  (month, day, and the month and day that it replaces)
