"""Static checks of a scenario's times: all can be read, and lie between the begin and the end of the drill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from leakguard.clocks.times import parse_interval
from leakguard.drills.found import UnplacedProblem
from leakguard.drills.names_check import told_in
from leakguard.drills.shapes import KNOWN, Scenario
from leakguard.drills.times import moment_of
from leakguard.errors import UsageProblem
from leakguard.files.yaml_text import Path

LONGEST = timedelta(days=400)
"""A year and the month after it: the longest response that an incident of our collection had."""


def time_problems(scenario: Scenario) -> Iterator[UnplacedProblem]:
    """Everything that is wrong with times."""
    read: dict[Path, datetime] = {}
    for path, text in _texts(scenario).items():
        try:
            read[path] = moment_of(scenario, text)
        except UsageProblem as error:
            yield UnplacedProblem(path=path, text=f"{error.message}. {error.next_step}")
    yield from _told(scenario)
    begin, end = read.get(("begins_at",)), read.get(("ends_at",))
    if begin is None or end is None:
        return
    if not timedelta(0) < end - begin <= LONGEST:
        yield UnplacedProblem(
            path=("ends_at",), text=f"must lie after `begins_at`, and at most {LONGEST.days} days after it"
        )
        return
    for path, at in read.items():
        if not begin <= at <= end:
            yield UnplacedProblem(path=path, text="lies outside of the drill, before `begins_at` or after `ends_at`")
    first, known = read.get((KNOWN, "not_before")), read.get((KNOWN, "at"))
    if first is not None and known is not None and first > known:
        yield UnplacedProblem(path=(KNOWN, "not_before"), text="lies after the moment at which somebody knew")


def _texts(scenario: Scenario) -> dict[Path, str]:
    texts: dict[Path, str] = {("begins_at",): scenario.begins_at, ("ends_at",): scenario.ends_at}
    texts[KNOWN, "at"] = scenario.known.at
    if scenario.known.not_before is not None:
        texts[KNOWN, "not_before"] = scenario.known.not_before
    texts |= {("injects", name, "at"): one.at for name, one in scenario.injects.items()}
    texts |= {("acts", name, "at"): act.at for name, act in scenario.acts.items() if act.at is not None}
    return texts


def _told(scenario: Scenario) -> Iterator[UnplacedProblem]:
    for path, told in told_in(scenario):
        if told.at is None:
            continue
        try:
            parse_interval(told.at, zone=scenario.zone)
        except UsageProblem as error:
            yield UnplacedProblem(path=(*path, "at"), text=f"{error.message}. {error.next_step}")
