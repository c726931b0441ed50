"""Reviews and their actions."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import ClockTask, Moment
from leakguard.web.shapes.incidents import Missing


class Owner(TypedDict):
    """Whose an action is."""

    id: str | None
    name: str


class Action(TypedDict):
    """Something that a review decided to do."""

    id: str
    incident: str
    title: str | None
    owner: Owner
    due: str | None
    state: str
    late: bool
    by: str
    added_at: Moment
    ended_at: Moment | None
    ended_by: str | None
    note: str | None


class Actions(TypedDict):
    """Every action of an incident, in the order in which they were added."""

    actions: list[Action]


class OpenAction(Action):
    """An open action, with what its incident is called."""

    incident_title: str


class OpenActions(TypedDict):
    """Open actions, the nearest day first; and how many there are."""

    actions: list[OpenAction]
    total: int


Measure = TypedDict(
    "Measure",
    {
        "name": str, "cycle": int, "seconds": float | None, "least_seconds": float | None, "open": bool,
        "reversed": bool, "from": Moment | None, "until": Moment | None,
    },
)  # fmt: skip
"""How long something took, from the earliest reading to the latest one."""


class ReviewedClock(TypedDict):
    """A clock, and how it ended."""

    id: str
    title: str | None
    law: str | None
    state: str
    due_at: Moment | None
    ended_at: Moment | None
    late_by_seconds: float | None
    budget_used: float | None
    reason: str | None
    task: ClockTask | None


class LateStep(TypedDict):
    """A step that is late, or was done late."""

    id: str
    title: str
    owner: str | None
    due_at: Moment | None
    done_at: Moment | None
    late_by_seconds: float | None
    by: str | None


class Lesson(TypedDict):
    """What a review wrote down."""

    event: str
    at: Moment
    by: str | None
    source: str | None
    text: str | None


class AfterActionReview(TypedDict):
    """What happened against what was promised."""

    incident: str
    title: str
    state: str
    opened_at: Moment
    reviewed: bool
    review_due: Moment | None
    measures: list[Measure]
    kept: list[ReviewedClock]
    missed: list[ReviewedClock]
    running: list[ReviewedClock]
    late_steps: list[LateStep]
    step_count: int
    alarms: int
    unacknowledged: int
    unfinished: list[Missing]
    lessons: list[Lesson]
    actions: list[Action]
