"""The words of a clock rule: texts that are checked when a file is read, and kept as they were written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from leakguard.clocks.durations import parse_calendar, parse_exact, parse_threshold
from leakguard.clocks.selectors import parse_selector
from leakguard.clocks.times import zone_of
from leakguard.errors import UsageProblem

MAX_BUSINESS_DAYS = 2_500
"""Ten years of working days; the longest that a law here asks for is below 100."""
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_ROLLOVER = re.compile(r"none|next_business_day_end|next_business_day_at ([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def reads(parse: Callable[[str], object]) -> AfterValidator:
    """Keep the text when `parse` accepts it; its refusal becomes a problem of the file."""

    def check(text: str) -> str:
        try:
            parse(text)
        except UsageProblem as error:
            raise ValueError(error.message) from error
        return text

    return AfterValidator(check)


def _time_of_day(text: str) -> None:
    if not _CLOCK_TIME.fullmatch(text):
        raise UsageProblem('write a time of day such as "09:00"')


def _schedule_end(text: str) -> None:
    if text != "24:00":
        _time_of_day(text)


def _end_at(text: str) -> None:
    if text not in {"instant", "end_of_hour", "end_of_day"} and not _CLOCK_TIME.fullmatch(text):
        raise UsageProblem('write instant, end_of_hour, end_of_day or a time of day such as "12:00"')


def _rollover(text: str) -> None:
    if not _ROLLOVER.fullmatch(text):
        raise UsageProblem("write none, next_business_day_end or `next_business_day_at 12:00`")


TimeOfDay = Annotated[str, reads(_time_of_day)]
ScheduleEnd = Annotated[str, reads(_schedule_end)]
ThresholdText = Annotated[str, reads(parse_threshold)]
SelectorText = Annotated[str, reads(parse_selector)]
ExactText = Annotated[str, reads(parse_exact)]
PeriodText = Annotated[str, reads(parse_calendar)]
ZoneName = Annotated[str, reads(zone_of)]
CountFrom = Literal["instant", "next_full_hour", "next_day"]
EndAt = Annotated[str, reads(_end_at)]
Rollover = Annotated[str, reads(_rollover)]
WorkingDays = Annotated[int, Field(strict=True, ge=0, le=MAX_BUSINESS_DAYS)]
