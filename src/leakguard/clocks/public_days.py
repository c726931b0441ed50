"""The days of one year, as the library `holidays` tells them: days off, weekends, and weekends that are worked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from leakguard.frozen import Frozen


class YearOfDays(Frozen):
    """What differs from a plain week in one year."""

    holidays: Mapping[date, str]
    """Days off and their names, in English where the library has it."""
    made_up: frozenset[date]
    """Weekend days that are worked."""
    weekend: frozenset[int]
    """0 is Monday."""
    is_estimated: bool
    """Whether the year lies beyond what was announced, or any of its dates is an estimate."""


@lru_cache(maxsize=4096)
def library_year(name: str, year: int) -> YearOfDays:
    """The days of `CN` or `DE-BY` in one year; read once in a process."""
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
        made_up=frozenset(day for day in data.weekend_workdays if day.year == year),
        weekend=frozenset(data.weekend),
        is_estimated=estimated,
    )


def _language(country: str) -> str | None:
    import holidays  # noqa: PLC0415  (0.1 s; most clocks count hours)

    known = holidays.list_localized_countries().get(country, [])
    return next((language for language in ("en_US", "en_GB") if language in known), None)


def _announced_until(data: Any) -> int:  # noqa: ANN401  (the library's own class, which it does not type)
    """The last year whose exchanged working days the library lists; countries without such exchanges have none.

    A list that ended years ago (Bulgaria's in 2016) is a custom that was given up, not one that is late.
    """
    listed = getattr(data, "special_public_holidays", None) or {} if data.has_substituted_holidays else {}
    exchanged = [year for year, days in listed.items() if _has_exchange(days)]
    last = max(exchanged, default=0)
    return last if last >= _CUSTOM_SINCE else date.max.year


_CUSTOM_SINCE = 2025
"""Countries that still exchange working days yearly have a list at least up to here in the oldest release we accept."""


def _has_exchange(days: Any) -> bool:  # noqa: ANN401  (a tuple of tuples, or one tuple, as the library likes)
    rows = days if days and isinstance(days[0], tuple) else (days,)
    return any(len(row) > 3 for row in rows)  # noqa: PLR2004  (month, day, and from which month and day)
