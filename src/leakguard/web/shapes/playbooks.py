"""Playbooks, and where a response stands."""

from __future__ import annotations

from typing import Any, TypedDict

from leakguard.web.shapes.base import LocalMoment, Moment


class PlaybookRow(TypedDict):
    """One playbook of the list."""

    name: str
    title: str
    version: int
    tested_on: str | None
    steps: int


class Playbooks(TypedDict):
    """The playbooks."""

    playbooks: list[PlaybookRow]


class PlaybookShown(TypedDict):
    """One playbook, as its file has it."""

    playbook: dict[str, Any]


class Machine(TypedDict):
    """What a machine did of the step."""

    key: str
    tries: int
    by: str
    outcome: str | None
    text: str


class Claim(TypedDict):
    """What one person says of a step that awaits a second one."""

    by: str
    by_source: str | None
    by_id: str | None
    entry: int
    at: Moment
    waived: bool
    form: dict[str, Any]
    evidence: list[str]
    reason: str | None


class Assignee(TypedDict):
    """To whom a step was assigned."""

    id: str | None
    name: str
    by: str
    at: Moment


class Repeat(TypedDict):
    """A loop: the step is done again until an answer is as it must be."""

    field: str
    until: str
    at_most: int


class Condition(TypedDict):
    """An answer of an earlier step without which the step is passed over."""

    step: str
    field: str
    answer: str


class Step(TypedDict):
    """One step, and how it stands."""

    id: str
    title: str
    kind: str
    phase: str | None
    owner: str | None
    role: str | None
    second_person: str | None
    state: str
    since: Moment | None
    due_at: Moment | None
    due_at_local: LocalMoment | None
    awaits_clock: str | None
    late: bool
    takes_seconds: int | None
    failures: int
    attempts: int | None
    on_fail: str | None
    rounds: int
    repeat: Repeat | None
    worn_out: bool
    action: str | None
    machine: Machine | None
    by: str | None
    by_id: str | None
    by_source: str | None
    awaits_second: Claim | None
    assigned_to: Assignee | None
    second: str | None
    proof: str | None
    reason: str | None
    answers: dict[str, Any]
    given: list[str]
    evidence: list[str]
    form: dict[str, Any]
    why: str | None
    do: list[str]
    how: dict[str, list[str]]
    do_not: list[str]
    run: str | None
    waits_for: list[str]
    conditions: list[Condition]
    emits: str | None
    next: list[str]
    close_with: str


class ResponseProgress(TypedDict):
    """Where the response to an incident stands."""

    incident: str
    playbook: str
    title: str
    version: int
    roles: dict[str, str]
    started_at: Moment
    finished: bool
    open: list[str]
    steps: list[Step]
