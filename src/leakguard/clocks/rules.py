"""The shape of a clock as a file writes it; duties, playbooks and events-and-clocks files all use it.

A rule names the anchor event, the amount of time and its unit, how the deadline is rounded, and the event that ends the
clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Literal

from leakguard.clocks.durations import parse_calendar_period, parse_exact, parse_threshold
from leakguard.clocks.event_selection import Selector
from leakguard.clocks.selectors import Comparison, parse_comparison, parse_selector
from leakguard.clocks.times import zone_of
from leakguard.errors import UsageProblem
from leakguard.files.light_shapes import AfterValidator, Field, LightShape, model_validator
from leakguard.frozen import names_of
from leakguard.models.texts import FROM_MEMORY

MAX_BUSINESS_DAYS = 2_500
"""Ten years of working days; the longest that a law here asks for is below 100."""
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_ROLLOVER = re.compile(r"none|next_business_day_end|next_business_day_at ([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def reads(parse: Callable[[str], object]) -> AfterValidator:
    """A validator that keeps the text if `parse` accepts it; a `UsageProblem` becomes a problem of the file."""

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
PeriodText = Annotated[str, reads(parse_calendar_period)]
ZoneName = Annotated[str, reads(zone_of)]
CountFrom = Literal["instant", "next_full_hour", "next_day"]
EndAt = Annotated[str, reads(_end_at)]
Rollover = Annotated[str, reads(_rollover)]
WorkingDays = Annotated[int, Field(strict=True, ge=0, le=MAX_BUSINESS_DAYS)]


DEFAULT_THRESHOLDS = ("50%", "75%", "90%", "-PT1H", "PT0S")
MAX_LIMBS = 8


class Schedule(LightShape):
    """Working hours: on which days, and from when to when in local time in the clock's zone."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] | None = None
    """`None` means the working days of the clock's calendar."""
    from_: TimeOfDay = Field(alias="from")
    to: ScheduleEnd

    @model_validator(mode="after")
    def _some_time(self) -> Schedule:
        if self.to <= self.from_ or self.days == ():
            raise ValueError("a schedule needs a day, and `to` after `from` on the same day")
        return self


class BusinessHours(LightShape):
    """So much time inside a schedule."""

    amount: ExactText
    schedule: Schedule | None = None
    """`None` means the schedule of the clock."""


class Amount(LightShape):
    """How much time, in exactly one of the units; units never convert into each other."""

    elapsed: ExactText | None = None
    """Exact time on the UTC line, such as `PT72H`."""
    calendar: PeriodText | None = None
    """A period of the local calendar, such as `P1M`; elsewhere `calendar` is the name of a calendar of working days."""
    business_days: Annotated[int, Field(strict=True, ge=1, le=MAX_BUSINESS_DAYS)] | None = None
    business_hours: BusinessHours | None = None
    year_end_plus: PeriodText | None = None
    """This period after the end of the anchor's year."""
    none: Annotated[bool, Field(strict=True)] | None = None
    """`True`: no fixed deadline; time only counts up."""

    @model_validator(mode="before")
    @classmethod
    def _expand_business_hours(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        if isinstance(value, dict) and isinstance(value.get("business_hours"), str):
            return {**value, "business_hours": {"amount": value["business_hours"]}}
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Amount:
        units = [name for name in names_of(type(self)) if getattr(self, name) is not None]
        if len(units) != 1 or self.none is False:
            raise ValueError(
                "give exactly one of elapsed, calendar, business_days, business_hours, year_end_plus, none"
            )
        return self

    @cached_property
    def unit(self) -> str:
        """The name of the unit that is given."""
        return next(name for name in names_of(type(self)) if getattr(self, name) is not None)


class Limb(LightShape):
    """One of the ways in which a rule computes the deadline: an anchor and an amount.

    Sentences call it a condition: `Condition 1 of 2`.
    """

    anchor: SelectorText
    amount: Amount

    @cached_property
    def selector(self) -> Selector:
        """The anchor, parsed."""
        return parse_selector(self.anchor)


class ExceptWhen(LightShape):
    """Drops one limb where a comparison of event times holds."""

    limb: Annotated[int, Field(strict=True, ge=0)]
    """Counted from zero; sentences count from one: limb 0 is `Condition 1`."""
    if_: Annotated[str, reads(parse_comparison)] = Field(alias="if")

    @cached_property
    def comparison(self) -> Comparison:
        """The comparison, parsed."""
        return parse_comparison(self.if_)


class LenientReading(LightShape):
    """The reading of the rule with the latest deadline that its text supports.

    A field that is `None` is as in the strict reading.
    """

    count_from: CountFrom | None = None
    end_at: EndAt | None = None
    rollover: Rollover | None = None
    min_business_days: WorkingDays | None = None
    calendar: str | None = None
    zone: ZoneName | None = None


class ClockRule(LightShape):
    """One clock. `anchor` and `amount` may stand in the place of `limbs` with a single limb."""

    id: Annotated[str, Field(min_length=1, max_length=120)]
    title: str = ""
    law: str = ""
    """The law and article that set the deadline; empty for an internal promise."""
    text: str = ""
    """The rule in the words of the file's author, which sentences quote.

    A duty file has this text in the field `note` of a stage; the field `note` of this class is another one.
    """
    source_url: str = ""
    verified_on: str = ""
    soft: bool = False
    """A guideline or an expectation, not a statute."""
    note: str = ""
    """A remark of the file's author, which no sentence quotes."""
    from_memory: bool = False
    """Nobody read the deadline in a source; every output says so beside it."""
    limbs: tuple[Limb, ...]
    combine: Literal["min", "max"] = "min"
    """Which deadline counts of those that the limbs give: the earliest or the latest."""
    except_when: tuple[ExceptWhen, ...] = ()
    not_before: SelectorText | None = None
    """An event that the count never starts before: a limb whose anchor is earlier counts from this event instead."""
    end: SelectorText | None = None
    """The event that ends the clock; `None` if nothing ends it."""
    count_from: CountFrom = "instant"
    """Where counting starts: at the anchor itself, at the next full hour, or at the start of the next local day."""
    end_at: EndAt | None = None
    """How the deadline is rounded: `instant` (not at all), `end_of_hour`, `end_of_day`, or to a time of day.

    `None` means what the unit implies: the end of the day for working days and year ends, else the instant.
    """
    rollover: Rollover = "none"
    """Where a deadline on a day off moves: nowhere, to the end of the next working day, or to a time on that day."""
    min_business_days: WorkingDays = 0
    """The least number of whole working days that the period must contain."""
    zone: ZoneName | None = None
    calendar: str | None = None
    """A country (`CN`), a subdivision (`DE-BY`), or an organisation's own calendar for internal clocks."""
    schedule: Schedule | None = None
    pausable: Literal["never", "with_basis"] = "never"
    """`with_basis`: pauses that name a `basis` stop the clock. Other pauses never do."""
    thresholds: tuple[ThresholdText, ...] = DEFAULT_THRESHOLDS
    target: ExactText | None = None
    """The internal aim of a clock with no fixed deadline; never shown as a legal date."""
    statutory: LenientReading | None = None
    """The lenient reading (see `frames`), which gives the statutory limit; `None` if the text supports none."""

    @property
    def from_memory_mark(self) -> str:
        """What stands beside the deadline: ` (from memory)`; empty where it was read in a source."""
        return f" ({FROM_MEMORY})" if self.from_memory else ""

    @property
    def has_length(self) -> bool:
        """Whether any limb sets a length of time; a bare "without delay" sets none."""
        return any(not limb.amount.none for limb in self.limbs)

    @property
    def is_law(self) -> bool:
        """Whether a law sets the deadline, and not a guideline or a promise of our own."""
        return bool(self.law) and not self.soft

    @model_validator(mode="before")
    @classmethod
    def _expand_short_forms(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        """Read `anchor` and `amount` as one limb, and a single `except_when` as a list of one."""
        if not isinstance(value, dict):
            return value
        value = dict(value)
        if "limbs" not in value and ("anchor" in value or "amount" in value):
            value["limbs"] = [{name: value.pop(name) for name in ("anchor", "amount") if name in value}]
        if isinstance(value.get("except_when"), dict):
            value["except_when"] = [value["except_when"]]
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> ClockRule:
        if not 1 <= len(self.limbs) <= MAX_LIMBS:
            raise ValueError(f"a clock has 1 to {MAX_LIMBS} limbs")
        wrong = [*self._missing_calendar(), *self._missing_schedule(), *self._wrong_exceptions()]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _missing_calendar(self) -> list[str]:
        if self.calendar is not None:
            return []
        readings: list[ClockRule | LenientReading] = [self]
        if self.statutory is not None and self.statutory.calendar is None:
            readings.append(self.statutory)
        needs = [limb.amount.unit for limb in self.limbs if limb.amount.unit == "business_days"]
        needs += ["rollover" for reading in readings if (reading.rollover or "none") != "none"]
        needs += ["min_business_days" for reading in readings if reading.min_business_days]
        return [f"{name} needs a `calendar`, such as CN or DE-BY" for name in dict.fromkeys(needs)]

    def _missing_schedule(self) -> list[str]:
        hours = [limb.amount.business_hours for limb in self.limbs if limb.amount.business_hours is not None]
        schedules = [hour.schedule or self.schedule for hour in hours]
        if any(schedule is None for schedule in schedules):
            return ["business_hours needs a `schedule`"]
        if self.calendar is None and any(schedule.days is None for schedule in schedules if schedule is not None):
            return ["a schedule without `days` needs a `calendar`"]
        return []

    def _wrong_exceptions(self) -> list[str]:
        return [
            f"except_when names limb {exception.limb}, but the limbs are counted from 0 to {len(self.limbs) - 1}; "
            "sentences call limb 0 `Condition 1`"
            for exception in self.except_when
            if exception.limb >= len(self.limbs)
        ]

    @cached_property
    def ending(self) -> Selector | None:
        """The event that ends the clock, parsed."""
        return parse_selector(self.end) if self.end is not None else None
