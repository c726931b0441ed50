"""Reads scenario files, and the copies of them that running drills keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from leakguard.clocks.times import parse_interval
from leakguard.drills.found import UnplacedProblem
from leakguard.drills.names_check import name_problems, told_in
from leakguard.drills.shapes import KNOWN, Scenario
from leakguard.drills.times import moment_of
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.shapes import problems_of
from leakguard.files.yaml_text import Path, reading_yaml
from leakguard.frozen import Frozen
from leakguard.playbooks.shapes import Playbook

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
    yield from _record_problems(scenario)
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
    texts |= {("injects", name, "at"): inject.at for name, inject in scenario.injects.items()}
    texts |= {("acts", name, "at"): act.at for name, act in scenario.acts.items() if act.at is not None}
    return texts


def _record_problems(scenario: Scenario) -> Iterator[UnplacedProblem]:
    for path, record in told_in(scenario):
        if record.at is None:
            continue
        try:
            parse_interval(record.at, zone=scenario.zone)
        except UsageProblem as error:
            yield UnplacedProblem(path=(*path, "at"), text=f"{error.message}. {error.next_step}")


class KnownNames(Frozen):
    """What a scenario may refer to."""

    playbooks: Mapping[str, Playbook]
    """By name."""
    stages: Mapping[str, Sequence[str]]
    """Duty to the stages in which it is filed."""


def parse_scenario(text: str, *, name: str, known: KnownNames) -> Scenario:
    """Read a scenario file; raises `BadFile` that names every problem with its line.

    What the parts mean together is checked once each of them can be read.
    """
    with reading_yaml(text, name=name) as read:
        if not isinstance(read.value, dict):
            raise BadFile.whole(name, "the file must be a mapping of fields", line=1)
        try:
            scenario = Scenario.model_validate(read.value)
        except ValidationError as error:
            raise BadFile(name, _sorted(problems_of(error, read, Scenario))) from error
        found = (*name_problems(scenario, known.playbooks, known.stages), *time_problems(scenario))
        if found:
            raise BadFile(name, _sorted(tuple(problem.problem(read) for problem in found)))
        return scenario


def snapshot_of(scenario: Scenario) -> dict[str, Any]:
    """Plain values that the shape reads back into an equal scenario."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _sorted(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))
