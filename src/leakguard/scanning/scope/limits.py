"""How fast and when: the parts of the scope file that keep a scan from being felt."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from leakguard.clocks.times import zone_of
from leakguard.errors import UsageProblem
from leakguard.files.shapes import Shape
from leakguard.models.scope import WEEKDAYS, Limits, QuietHours, Weekday
from leakguard.scanning.rates import PER_HOST, TOTAL, limits_of, parse_rate

_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_MIDNIGHT = "24:00"


def _is_rate(text: str) -> str:
    parse_rate(text)
    return text


def _is_time_of_day(text: str) -> str:
    if not _TIME_OF_DAY.fullmatch(text):
        raise ValueError('write a time of day such as "08:00"')
    return text


def _is_end(text: str) -> str:
    return text if text == _MIDNIGHT else _is_time_of_day(text)


def _is_zone(name: str) -> str:
    try:
        zone_of(name)
    except UsageProblem as error:
        raise ValueError(error.message) from error
    return name


Rate = Annotated[str, AfterValidator(_is_rate)]


class LimitsShape(Shape):
    """`limits:`, see `models.scope.Limits`. What is left out never undercuts what is stated for one address."""

    total: Rate = TOTAL
    per_host: Rate = PER_HOST
    per_network: Rate | None = None
    per_name: Rate | None = None

    def meant(self) -> Limits:
        """The limits in numbers."""
        return limits_of(self.total, self.per_host, self.per_network, self.per_name)


class QuietShape(Shape):
    """One item of `quiet_hours:`, see `models.scope.QuietHours`."""

    zone: Annotated[str, AfterValidator(_is_zone)]
    from_: Annotated[str, AfterValidator(_is_time_of_day)] = Field(alias="from")
    to: Annotated[str, AfterValidator(_is_end)]
    days: tuple[Weekday, ...] = WEEKDAYS

    @model_validator(mode="after")
    def _is_some_time(self) -> QuietShape:
        if self.from_ == self.to:
            raise ValueError('`from` and `to` are the same; write from "00:00" to "24:00" for the whole day')
        if not self.days:
            raise ValueError("`days` is empty; leave it out for every day")
        return self

    def meant(self) -> QuietHours:
        """The hours as values."""
        end = time.min if self.to == _MIDNIGHT else time.fromisoformat(self.to)
        return QuietHours(zone=self.zone, start=time.fromisoformat(self.from_), end=end, days=self.days)


def one_or_more(value: object) -> object:
    """A single item may stand without a list round it."""
    return [value] if isinstance(value, dict) else value
