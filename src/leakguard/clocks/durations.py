"""Durations of ISO 8601, kept apart by unit: exact hours never become days, days never become hours."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from leakguard.clocks.phrases import JoinedPhrases, Phrase
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

MAX_HOURS = 24 * 366 * 100
"""A century: no law waits longer, and sums stay within what `datetime` holds."""
MAX_DAYS = 36_600
_EXACT = re.compile(
    r"PT(?:(?P<h>\d{1,9}(?:\.\d{1,6})?)H)?(?:(?P<m>\d{1,9}(?:\.\d{1,6})?)M)?(?:(?P<s>\d{1,9}(?:\.\d{1,6})?)S)?",
    re.ASCII,
)
_CALENDAR = re.compile(r"P(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?", re.ASCII)


class CalendarPeriod(Frozen):
    """Months and days of the local calendar."""

    months: int
    days: int

    def after(self, day: date) -> date:
        """That long after `day`: months first, the month's last day where the day is missing."""
        if not self.months:
            return day + timedelta(days=self.days)
        from dateutil.relativedelta import relativedelta  # noqa: PLC0415  (few clocks count months)

        return day + relativedelta(months=self.months, days=self.days)


@lru_cache(maxsize=4096)
def parse_exact(text: str) -> timedelta:
    """`PT72H`, `PT1H30M`, `PT0S`: exact time on the UTC line. Raises `UsageProblem`."""
    found = _EXACT.fullmatch(text)
    if found is None or text == "PT":
        raise UsageProblem(
            f"`{text[:40]}` is not an exact duration such as PT72H or PT90M",
            next_step="Days, weeks and months belong to `calendar` or `business_days`: a day is not always 24 hours.",
        )
    hours, minutes, seconds = (Fraction(found[part] or 0) for part in "hms")
    total = hours * 3600 + minutes * 60 + seconds
    if total > MAX_HOURS * 3600:
        raise UsageProblem(f"`{text[:40]}` is longer than a century", next_step="Write a shorter duration.")
    return timedelta(microseconds=round(total * 1_000_000))


@lru_cache(maxsize=4096)
def parse_calendar_period(text: str) -> CalendarPeriod:
    """`P3D`, `P1M`, `P2W`, `P1Y`: a period of the local calendar. Raises `UsageProblem`."""
    found = _CALENDAR.fullmatch(text)
    if found is None or text == "P":
        raise UsageProblem(
            f"`{text[:40]}` is not a calendar period such as P3D, P2W or P1M",
            next_step="Hours and minutes belong to `elapsed`.",
        )
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    period = CalendarPeriod(months=12 * years + months, days=7 * weeks + days)
    if period.months * 31 + period.days > MAX_DAYS:
        raise UsageProblem(f"`{text[:40]}` is longer than a century", next_step="Write a shorter period.")
    return period


class Threshold(Frozen):
    """A threshold as a rule writes it; `thresholds.ThresholdInstant` says when it falls.

    It is a share of the budget (the time that the clock runs, see `amounts.budget_of`), or exact time before (negative)
    or after the deadline.
    """

    share: float | None = None
    offset: timedelta | None = None


@lru_cache(maxsize=1024)
def parse_threshold(text: str) -> Threshold:
    """`50%`, `-PT1H`, `PT0S`, `+PT1H`. Raises `UsageProblem`."""
    share = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)\s?%", text, re.ASCII)
    if share is not None:
        percent = float(share[1])
        if not 0 < percent <= 100:  # noqa: PLR2004  (a share of the budget)
            raise UsageProblem("a share must lie above 0% and at most at 100%", next_step="Write 50% or -PT1H.")
        return Threshold(share=percent / 100)
    sign = -1 if text.startswith("-") else 1
    try:
        return Threshold(offset=sign * parse_exact(text[1:] if text.startswith(("+", "-")) else text))
    except UsageProblem as error:
        raise UsageProblem(
            f"`{text[:40]}` is not a threshold", next_step="Write a share such as 50%, or -PT1H, PT0S, +PT1H."
        ) from error


_PART = re.compile(r"([\d.]+)([A-Z])", re.ASCII)
_UNITS = {"H": "{} h", "M": "{} min", "S": "{} s"}
_PERIODS = {"Y": ("{} year", "{} years"), "M": ("{} month", "{} months"), "W": ("{} week", "{} weeks"),
            "D": ("{} day", "{} days")}  # fmt: skip


@lru_cache(maxsize=4096)
def exact_parts(text: str) -> JoinedPhrases:
    """`PT1H30M` is `1 h 30 min`; the units of the law stay, as 72 hours are not three days everywhere."""
    found = _PART.findall(text.partition("T")[2])
    return JoinedPhrases(" ", tuple(Phrase(_UNITS[unit], (number,)) for number, unit in found))


@lru_cache(maxsize=4096)
def period_parts(text: str) -> JoinedPhrases:
    """`P2W3D` is `2 weeks 3 days`."""
    found = [(int(number), _PERIODS[unit]) for number, unit in _PART.findall(text)]
    return JoinedPhrases(
        " ", tuple(Phrase(one if number == 1 else many, (f"{number:,}",)) for number, (one, many) in found)
    )


def length_of(seconds: float) -> Phrase:
    """A time that has passed: `3 d 4 h`, `2 h 5 min`, `7 min` or `40 s`; the rest is cut off."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return Phrase("{} d {} h", (days, hours))
    if hours:
        return Phrase("{} h {} min", (hours, minutes))
    return Phrase("{} min", (minutes,)) if minutes else Phrase("{} s", (rest,))
