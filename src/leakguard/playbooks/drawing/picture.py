"""What a drawing of a playbook shows, whatever draws it: boxes, lines, clocks, roles, and how far a response is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from leakguard.clocks.rules import Amount
from leakguard.frozen import Frozen
from leakguard.playbooks.answers import Answer
from leakguard.playbooks.shapes import Playbook, PlaybookClock, Step
from leakguard.playbooks.states import StepState

START, END = "(start)", "(end)"
"""The two round marks; no step can be called so."""


class LineKind(StrEnum):
    """Why one step leads to another."""

    NEXT = "next"
    FAILED = "failed"
    AGAIN = "again"


class Mark(Frozen):
    """Where a step of a running response stands."""

    state: StepState
    text: str = ""
    """Who and when, in a few words."""


class Box(Frozen):
    """One step, or one of the two round marks, which have no step."""

    id: str
    step: Step | None = None
    notes: tuple[str, ...] = ()
    """Who, until when, under which answer, and what a failure does; a line each."""
    mark: Mark | None = None


class Line(Frozen):
    """From one box to another; `FAILED` and `AGAIN` lead back, or to the box itself."""

    source: str
    target: str
    kind: LineKind = LineKind.NEXT


class Drawing(Frozen):
    """A whole playbook."""

    title: str
    subtitle: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    clocks: tuple[str, ...]
    """Each clock in a sentence."""
    roles: Mapping[str, str]
    is_running: bool


def drawing_of(playbook: Playbook, marks: Mapping[str, Mark] | None = None) -> Drawing:
    """Everything there is to see; `marks` tell of a running response, by step."""
    return Drawing(
        title=playbook.title,
        subtitle=f"{playbook.playbook}, version {playbook.version}",
        boxes=(Box(id=START), *_boxes(playbook, marks or {}), Box(id=END)),
        lines=tuple(_lines(playbook)),
        clocks=tuple(_clock_text(name, clock) for name, clock in playbook.clocks.items()),
        roles=playbook.roles,
        is_running=marks is not None,
    )


def _boxes(playbook: Playbook, marks: Mapping[str, Mark]) -> Iterator[Box]:
    for name, step in playbook.steps.items():
        yield Box(id=name, step=step, notes=tuple(_notes(step)), mark=marks.get(name))


def _notes(step: Step) -> Iterator[str]:
    agreed = f", with {step.second_person}" if step.second_person else ""
    yield f"{step.owner}{agreed}"
    if step.due is not None:
        share = f"at {step.due.at} of {step.due.of}" if step.due.at.endswith("%") else None
        yield f"due {share or f'{step.due.at} after {step.due.of} begins'}"
    if step.when:
        yield "only if " + " and ".join(f"{condition.step}: {answer_text(condition)}" for condition in step.when)
    if step.on_fail is not None:
        yield f"if it fails: back to {step.on_fail}, {step.attempts} times at most"
    if step.repeat is not None:
        first = f" from {step.repeat.from_}" if step.repeat.from_ else ""
        every = f" every {step.repeat.every}" if step.repeat.every else ""
        yield f"again{first}{every} until {answer_text(step.repeat.until)}, {step.repeat.at_most} times at most"


def answer_text(answer: Answer) -> str:
    """`risk is high or low`."""
    return f"{answer.field} {answer.words}"


def _lines(playbook: Playbook) -> Iterator[Line]:
    for name in playbook.start:
        yield Line(source=START, target=name)
    for name, step in playbook.steps.items():
        for target in dict.fromkeys(step.next):
            yield Line(source=name, target=target)
        if not step.next:
            yield Line(source=name, target=END)
        if step.on_fail is not None:
            yield Line(source=name, target=step.on_fail, kind=LineKind.FAILED)
        if step.repeat is not None:
            yield Line(source=name, target=step.repeat.from_ or name, kind=LineKind.AGAIN)


def _clock_text(name: str, clock: PlaybookClock) -> str:
    joint = {"min": " or, if earlier, ", "max": " or, if later, "}[clock.combine]
    limbs = joint.join(f"{_amount_text(limb.amount)} from {limb.anchor}" for limb in clock.limbs)
    within = f", within {clock.within}" if clock.within else ""
    title = f"{clock.title}. " if clock.title else ""
    return f"{name}: {title}{limbs}, until {clock.end}{within}"


def _amount_text(amount: Amount) -> str:
    hours = amount.business_hours
    if amount.none:
        return "without undue delay"
    if hours is not None:
        return f"{hours.amount} in working hours"
    if amount.year_end_plus is not None:
        return f"the end of the year and {amount.year_end_plus}"
    if amount.business_days is not None:
        return f"{amount.business_days} working days"
    return amount.elapsed or amount.calendar or ""
