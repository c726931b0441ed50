"""The shape of a playbook file; what the parts mean together is checked in `checking`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from leakguard.clocks.rule_words import ExactText
from leakguard.clocks.rules import ClockRule
from leakguard.files.shapes import Shape

Kind = Literal["human", "automated", "decision", "notice"]
Phase = Literal["coordinate", "contain", "preserve", "verify", "scope_data", "decide", "tell", "recover", "learn"]
CisaPhase = Literal[
    "preparation", "detection_and_analysis", "containment", "eradication_and_recovery", "post_incident", "coordination"
]
"""The phases of CISA's federal incident response playbook of November 2021."""

MAX_STEPS = 200
MAX_ATTEMPTS = 20
"""A step that was sent back this often needs a person's decision, not another round."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=400)]
CsfId = Annotated[str, StringConstraints(pattern=r"^(GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-[0-9]{2}$")]
"""A subcategory of the NIST Cybersecurity Framework 2.0, which SP 800-61r3 is written along."""


def _as_list(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
    """One line may stand where a list is meant."""
    return [value] if isinstance(value, str) else value


Lines = Annotated[tuple[Line, ...], BeforeValidator(_as_list)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list)]


class FormField(Shape):
    """One question whose answer is kept with the step."""

    type: Literal["text", "number", "yes_no", "time", "choice", "list"]
    label: Line
    required: bool = True
    options: tuple[Line, ...] = ()
    """For `choice` alone."""


class Due(Shape):
    """When a step is due: a share of a clock of this playbook, or an exact time after the clock's anchor."""

    of: Name
    at: str
    """`25%` or `PT2H`."""


class Condition(Shape):
    """An answer that an earlier step's form must have."""

    step: Name
    field: Name
    equals: str | int | bool = Field(alias="is")


class EmitsWhen(Shape):
    """An answer of the step's own form without which its event is not recorded."""

    field: Name
    equals: str | int | bool = Field(alias="is")


class MapsTo(Shape):
    """Where the step stands in the guidance that auditors know."""

    nist: tuple[CsfId, ...] = ()
    cisa: tuple[CisaPhase, ...] = ()


class Step(Shape):
    """One action with exactly one accountable role; which fields a kind needs is checked in `checking`."""

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
    """For `automated`: the command whose event closes the step."""
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
    when: Condition | None = None
    """Without this answer the step is skipped."""
    next: Names = ()
    on_fail: Name | None = None
    attempts: Annotated[int, Field(strict=True, ge=1, le=MAX_ATTEMPTS)] | None = None
    """How often a failure leads to `on_fail`."""
    maps_to: MapsTo = MapsTo()


class Playbook(Shape):
    """An ordered response to one sort of incident."""

    playbook: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    title: Line
    version: Annotated[int, Field(strict=True, ge=1)]
    tested_on: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    """The day of the last drill with it."""
    about: Lines = ()
    references: tuple[Line, ...] = ()
    roles: Annotated[dict[Name, Line], Field(min_length=1)]
    """Each role with what it is there for."""
    clocks: dict[Name, ClockRule] = Field(default_factory=dict)
    start: Annotated[Names, Field(min_length=1)]
    steps: Annotated[dict[Name, Step], Field(min_length=1, max_length=MAX_STEPS)]

    @model_validator(mode="before")
    @classmethod
    def _name_the_clocks(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        """A clock is called by its key."""
        if not isinstance(value, dict) or not isinstance(value.get("clocks"), dict):
            return value
        clocks = {key: {"id": key, **rule} if isinstance(rule, dict) else rule for key, rule in value["clocks"].items()}
        return {**value, "clocks": clocks}
