"""The shape of a playbook file; what the parts mean together is checked in `paths_check`, `fields_check` and others."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from leakguard.clocks.rules import ClockRule, ExactText
from leakguard.files.light_shapes import AfterValidator, Field, LightShape, StringConstraints, model_validator
from leakguard.playbooks.answers import Conditions, EmitsWhen, FormField, Repeat
from leakguard.playbooks.words import (
    MAX_ATTEMPTS,
    MAX_STEPS,
    SAFE_ACTIONS,
    Action,
    CisaPhase,
    CsfId,
    Kind,
    Line,
    Lines,
    Name,
    Names,
    Phase,
)


def _real_day(text: str) -> str:
    """The text, if it is a day of the calendar."""
    date.fromisoformat(text)
    return text


Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_real_day)]


class Due(LightShape):
    """When a step is due: a share of a clock of this playbook, or an exact time after the clock's anchor."""

    of: Name
    at: str
    """`25%` or `PT2H`."""


class MapsTo(LightShape):
    """Where the step stands in the guidance that auditors know."""

    nist: tuple[CsfId, ...] = ()
    cisa: tuple[CisaPhase, ...] = ()


class Step(LightShape):
    """One action with exactly one accountable role; which fields a kind needs is checked in `fields_check`."""

    kind: Kind
    title: Line
    phase: Phase
    owner: Name | None = None
    second_person: Name | None = None
    """A role that must agree by name before the step counts."""
    due: Due | None = None
    takes: ExactText | None = None
    """How long the work usually takes, for the forecast: `PT45M`."""
    run: Line | None = None
    """For `automated`: the command that a person can type in the machine's place."""
    action: Action | None = None
    """For `automated`: what `playbook run` does when the step is open."""
    with_: dict[Name, Line] = Field(default_factory=dict, alias="with")
    """What the action needs to know: the `role` or the `channel` that is told, and the `message`."""
    repeat_safe: Annotated[bool, Field(strict=True)] | None = None
    """Whether it may be done again after a crash; by default what only looks may, and what tells somebody may not."""
    do: Lines = ()
    how: dict[Name, Lines] = Field(default_factory=dict)
    """The same for one product each."""
    do_not: Lines = ()
    why: Line | None = None
    evidence: Names = ()
    """What must be named before the step counts."""
    form: dict[Name, FormField] = Field(default_factory=dict)
    emits: str | None = None
    """The kind of the event that the finished step records; for `automated` the one that finishes it."""
    emits_when: EmitsWhen | None = None
    when: Conditions = ()
    """Without all of these answers the step is skipped."""
    next: Names = ()
    on_fail: Name | None = None
    attempts: Annotated[int, Field(strict=True, ge=1, le=MAX_ATTEMPTS)] | None = None
    """How often a failure leads to `on_fail`."""
    repeat: Repeat | None = None
    undone_by: Names = ()
    """Kinds of events after which the step has to be done again, by way of `on_fail` where it has one."""
    maps_to: MapsTo = MapsTo()

    @property
    def is_repeat_safe(self) -> bool:
        """Whether a machine may do it again without asking a person."""
        return self.action in SAFE_ACTIONS if self.repeat_safe is None else self.repeat_safe


class PlaybookClock(ClockRule):
    """A clock of a playbook, which may be a part of another one."""

    within: Name | None = None
    """The clock that it must not outlast."""


class Playbook(LightShape):
    """An ordered response to one sort of incident."""

    playbook: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    title: Line
    version: Annotated[int, Field(strict=True, ge=1)]
    tested_on: Day | None = None
    """The day on which it was last walked from its start to its end, in a test or a drill."""
    about: Lines = ()
    references: tuple[Line, ...] = ()
    roles: Annotated[dict[Name, Line], Field(min_length=1)]
    """Each role with what it is there for."""
    clocks: dict[Name, PlaybookClock] = Field(default_factory=dict)
    start: Annotated[Names, Field(min_length=1)]
    end: Names = ()
    """The steps behind which nothing comes; where it is left out there must be exactly one."""
    steps: Annotated[dict[Name, Step], Field(min_length=1, max_length=MAX_STEPS)]

    @model_validator(mode="before")
    @classmethod
    def _name_the_clocks(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        """A clock is called by its key."""
        if not isinstance(value, dict) or not isinstance(value.get("clocks"), dict):
            return value
        clocks = {key: {"id": key, **rule} if isinstance(rule, dict) else rule for key, rule in value["clocks"].items()}
        return {**value, "clocks": clocks}
