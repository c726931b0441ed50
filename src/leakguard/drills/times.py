"""The times of a scenario, read in its zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from leakguard.clocks.durations import parse_exact
from leakguard.clocks.times import parse_instant, parse_interval
from leakguard.drills.shapes import RecordedEvent, Scenario
from leakguard.models.events import Interval


def moment_of(scenario: Scenario, text: str) -> datetime:
    """An exact time, in UTC; raises `UsageProblem`."""
    return parse_instant(text, zone=scenario.zone)


def begins_at(scenario: Scenario) -> datetime:
    """When the drill's clock starts."""
    return moment_of(scenario, scenario.begins_at)


def ends_at(scenario: Scenario) -> datetime:
    """When the drill is over and everybody is scored."""
    return moment_of(scenario, scenario.ends_at)


def earliest_known(scenario: Scenario) -> datetime:
    """The first moment at which somebody of ours could have known."""
    start = begins_at(scenario)
    stated = scenario.known.not_before
    return max(start, moment_of(scenario, stated)) if stated is not None else start


def most_earlier(scenario: Scenario) -> timedelta:
    """By how much the moment of knowing can be moved to the front."""
    return moment_of(scenario, scenario.known.at) - earliest_known(scenario)


def told_at(scenario: Scenario, record: RecordedEvent, moment: datetime) -> Interval:
    """When an event happened that is told at `moment`; raises `UsageProblem`."""
    if record.at is None:
        return Interval(earliest=moment, latest=moment, zone=scenario.zone)
    return parse_interval(record.at, zone=scenario.zone)


def length(text: str | None) -> timedelta:
    """An exact length; none where nothing is said."""
    return parse_exact(text) if text is not None else timedelta(0)
