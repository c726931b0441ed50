"""A lenient reading of a playbook file, so that what its parts mean together is checked even when some are malformed.

What has the wrong type reads as missing here; the shape reports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from leakguard.clocks.durations import parse_exact, parse_threshold
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.playbooks.shapes import PlaybookClock


class SketchStep(Frozen):
    """One step, as far as it could be read."""

    id: str
    given: frozenset[str]
    """The names of the fields that stand there."""
    kind: str | None
    owner: str | None
    second_person: str | None
    next: tuple[str, ...]
    on_fail: str | None
    has_attempts: bool
    emits: str | None
    emits_when: Mapping[str, Any]
    due: Mapping[str, Any]
    when: tuple[Mapping[str, Any], ...]
    form: Mapping[str, Any]
    repeat: Mapping[str, Any]
    action: str | None
    parameters: Mapping[str, Any]
    """What stands under `with`."""
    undone_by: tuple[str, ...]
    text: str
    """All lines that a person reads."""


class SketchClock(Frozen):
    """One clock; `budget` where it is a single amount of exact time, the only unit that has shares."""

    is_readable: bool
    ends_by: frozenset[str] | None
    """The kinds of the events that end it; `None` when there is no end."""
    budget: timedelta | None
    anchor: str
    within: str | None


class Sketch(Frozen):
    """One playbook."""

    roles: frozenset[str]
    start: tuple[str, ...]
    end: tuple[str, ...]
    steps: Mapping[str, SketchStep]
    clocks: Mapping[str, SketchClock]

    def leading_to(self, step: str) -> tuple[str, ...]:
        """The steps whose `next` names this one."""
        return tuple(name for name, other in self.steps.items() if step in other.next)


def sketch_of(value: Mapping[str, Any]) -> Sketch:
    """Read plain values as far as they go."""
    return Sketch(
        roles=frozenset(_mapping(value.get("roles"))),
        start=_texts(value.get("start")),
        end=_texts(value.get("end")),
        steps={name: _step(name, _mapping(step)) for name, step in _mapping(value.get("steps")).items()},
        clocks={name: _clock(name, rule) for name, rule in _mapping(value.get("clocks")).items()},
    )


def offset_of(due: Mapping[str, Any], clock: SketchClock) -> timedelta | None:
    """How long after the anchor a step is due; nothing when that cannot be told."""
    at = due.get("at")
    if not isinstance(at, str):
        return None
    try:
        if at.endswith("%"):
            share = parse_threshold(at).share
            return clock.budget * share if clock.budget is not None and share is not None else None
        return parse_exact(at)
    except UsageProblem:
        return None


def _step(name: str, step: Mapping[str, Any]) -> SketchStep:
    return SketchStep(
        id=name,
        given=frozenset(step),
        kind=_text(step.get("kind")),
        owner=_text(step.get("owner")),
        second_person=_text(step.get("second_person")),
        next=_texts(step.get("next")),
        on_fail=_text(step.get("on_fail")),
        has_attempts="attempts" in step,
        emits=_text(step.get("emits")),
        emits_when=_mapping(step.get("emits_when")),
        due=_mapping(step.get("due")),
        when=_mappings(step.get("when")),
        form=_mapping(step.get("form")),
        repeat=_mapping(step.get("repeat")),
        action=_text(step.get("action")),
        parameters=_mapping(step.get("with")),
        undone_by=_texts(step.get("undone_by")),
        text="\n".join((*_texts(step.get("do")), _text(step.get("run")) or "")),
    )


def _clock(name: str, value: object) -> SketchClock:
    within = _text(_mapping(value).get("within"))
    try:
        rule = PlaybookClock.model_validate({"id": name, **_mapping(value)})
    except ValueError:
        return SketchClock(is_readable=False, ends_by=frozenset(), budget=None, anchor="", within=within)
    amount = rule.limbs[0].amount
    exact = parse_exact(amount.elapsed) if len(rule.limbs) == 1 and amount.elapsed is not None else None
    ends_by = rule.ending.kinds if rule.ending is not None else None
    return SketchClock(is_readable=True, ends_by=ends_by, budget=exact, anchor=rule.limbs[0].anchor, within=within)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> tuple[Mapping[str, Any], ...]:
    """One mapping may stand where several are meant."""
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, dict))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
