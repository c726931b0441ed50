"""Scenarios of drills, the drill that is played, and its scorecard."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import Moment


class ScenarioLine(TypedDict):
    """One scenario of the list."""

    scenario: str
    version: int
    title: str
    playbook: str
    days: int
    injects: int
    about: list[str]


class Drills(TypedDict):
    """The scenarios, and the one that is played on this server."""

    scenarios: list[ScenarioLine]
    played: str | None


class ScenarioContent(ScenarioLine):
    """A scenario whole."""

    content: Annotated[dict[str, Any], Meta(description="As in its file.")]


class HeardInject(TypedDict):
    """What the players heard."""

    at: Moment
    title: str
    text: list[str]
    to: list[str]
    prevented: bool


class DrillBoard(TypedDict):
    """Where a drill stands."""

    scenario: str
    title: str
    zone: str
    now: Moment
    begins_at: Moment
    ends_at: Moment
    incident: str | None
    cast: dict[str, str]
    told: list[HeardInject]
    left: int
    ended: bool
    scorecard_kept: Annotated[
        bool | None,
        Meta(description="Whether the drill's folder has the scorecard; null before its end, and without a folder."),
    ]


class ScoredIncident(TypedDict):
    """The incident of the drill."""

    id: str
    state: str


class ClockScore(TypedDict):
    """How one clock stood when the drill was over."""

    clock: str
    title: str | None
    law: str | None
    soft: bool
    role: str | None
    state: str
    begun_at: Moment | None
    limit: Moment | None
    ended_at: Moment | None
    late_by_seconds: int | None
    margin_seconds: int | None
    took_seconds: int | None
    certain: bool
    alarms: int
    first_taken_after_seconds: int | None


class RoleScore(TypedDict):
    """What one role did."""

    role: str
    name: str
    done: int
    late_steps: dict[str, int | None]
    forgotten_steps: list[str]
    left_out: list[str]
    refused: dict[str, str]
    first_act_after_known_seconds: int | None
    missed_clocks: list[str]
    agreed: list[str]


class InjectScore(TypedDict):
    """How a role answered to what it heard."""

    inject: str
    title: str
    at: Moment
    role: str
    first_act: str | None
    first_act_after_seconds: int | None


class ScorecardLine(TypedDict):
    """A scorecard of the list; its times are simulated, but for when it was written."""

    id: str
    written_at: Moment
    scenario: str
    title: str
    counts: dict[str, int]
    steps: dict[str, int]
    alarms: dict[str, int]


class Scorecards(TypedDict):
    """Drills that were played before."""

    scorecards: list[ScorecardLine]


class Scorecard(TypedDict):
    """How the team did."""

    schema: Literal["leakguard.drill/1"]
    drill: bool
    scenario: str
    version: int
    title: str
    playbook: str
    known_at: Moment
    known_earlier_seconds: int | None
    begun_at: Moment
    ended_at: Moment
    zone: str
    incident: ScoredIncident
    counts: dict[str, int]
    clocks: list[ClockScore]
    not_begun: list[str]
    roles: list[RoleScore]
    injects: list[InjectScore]
    steps: dict[str, int]
    alarms: dict[str, int]
    ledger: dict[str, Any]
    step_titles: dict[str, str]
