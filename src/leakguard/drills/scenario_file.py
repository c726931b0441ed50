"""Reads scenario files, and the copies of them that running drills keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from leakguard.drills.names_check import name_problems
from leakguard.drills.shapes import Scenario
from leakguard.drills.times_check import time_problems
from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import problems_of
from leakguard.files.yaml_text import reading_yaml
from leakguard.frozen import Frozen
from leakguard.playbooks.shapes import Playbook


class Known(Frozen):
    """What a scenario may refer to."""

    playbooks: Mapping[str, Playbook]
    """By name."""
    stages: Mapping[str, Sequence[str]]
    """Duty to the stages in which it is filed."""


def parse_scenario(text: str, *, name: str, known: Known) -> Scenario:
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
            raise BadFile(name, _sorted(tuple(one.problem(read) for one in found)))
        return scenario


def snapshot_of(scenario: Scenario) -> dict[str, Any]:
    """Plain values that the shape reads back into an equal scenario."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _sorted(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))
