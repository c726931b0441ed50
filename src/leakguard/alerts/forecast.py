"""The forecast: whether the work that remains before a clock's end still fits into the time that is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from leakguard.alerts.marks import WATCHED, alarm_of
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.thresholds import ThresholdInstant
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen
from leakguard.models.alerts import Alert, Severity

FORECAST = "forecast"
_NOTHING = timedelta(0)


class StepEstimate(Frozen):
    """A step of a response that is not settled yet."""

    id: str
    takes: timedelta | None
    """How long it usually takes; `None` where nobody said."""
    next: tuple[str, ...]
    emits: str = ""
    """The kind of the event that it records; the clock that this ends waits for the step."""


class Forecast(Frozen):
    """The longest way through the steps that remain."""

    steps: tuple[str, ...]
    """The critical path, in the order of the work; the first step is the one to hurry."""
    needs: timedelta
    ready_at: datetime


def forecast(status: ClockStatus, steps: Mapping[str, StepEstimate], now: datetime) -> Forecast | None:
    """When the steps that remain would end the clock, by their estimates; `None` where nothing can be said."""
    ending = status.rule.ending
    if ending is None or status.state not in WATCHED:
        return None
    path = max(
        (_longest(step.id, steps) for step in steps.values() if step.emits in ending.kinds),
        key=lambda found: found[0],
        default=(_NOTHING, ()),
    )
    if path[0] == _NOTHING:
        return None
    return Forecast(steps=path[1], needs=path[0], ready_at=now + path[0])


def is_late(status: ClockStatus, found: Forecast | None) -> bool:
    """Whether the work would end after a limit that is not over yet."""
    if found is None or status.work_by is None or status.state is State.OVERDUE:
        return False
    return found.ready_at > status.work_by


def late_forecasts(
    statuses: Iterable[ClockStatus], steps: Mapping[str, StepEstimate], now: datetime
) -> Mapping[str, Forecast]:
    """By clock, the forecasts that say that its limit will be missed unless somebody hurries."""
    pairs = ((status, forecast(status, steps, now)) for status in statuses)
    return {status.id: found for status, found in pairs if found is not None and is_late(status, found)}


def forecast_alarm(incident: str, status: ClockStatus, found: Forecast | None, now: datetime) -> Alert | None:
    """The alarm when the work would end after the limit, which is not over yet."""
    if not is_late(status, found):
        return None
    return alarm_of(incident, status, ThresholdInstant(text=FORECAST, at=now), Severity.URGENT)


def _longest(step: str, steps: Mapping[str, StepEstimate]) -> tuple[timedelta, tuple[str, ...]]:
    """The longest chain of work that ends with `step`; a way back after a failure is no way forward."""
    lengths: dict[str, tuple[timedelta, tuple[str, ...]]] = {}
    before: dict[str, list[str]] = {name: [] for name in steps}
    for one in steps.values():
        for follower in one.next:
            if follower in before:
                before[follower].append(one.id)

    def length(name: str, on_the_way: frozenset[str]) -> tuple[timedelta, tuple[str, ...]]:
        if name not in lengths:
            ways = [
                length(earlier, on_the_way | {name}) for earlier in before[name] if earlier not in on_the_way | {name}
            ]
            longest = max(ways, key=lambda way: way[0], default=(_NOTHING, ()))
            takes = steps[name].takes or _NOTHING
            lengths[name] = (longest[0] + takes, (*longest[1], name) if takes else longest[1])
        return lengths[name]

    return length(step, frozenset())
