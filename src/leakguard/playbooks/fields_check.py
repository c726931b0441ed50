"""Static checks of a playbook's fields: roles, kinds, events, forms, conditions, clocks and due times."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.clocks.event_kinds import KINDS
from leakguard.files.shapes import nearest_name
from leakguard.playbooks.paths_check import Found, ancestors, found
from leakguard.playbooks.sketch import Sketch, SketchStep, offset_of

_NEEDS = {
    "human": ("owner", "do"),
    "automated": ("owner", "run", "emits"),
    "decision": ("owner", "do", "form"),
    "notice": ("owner", "do"),
}
_MUST_NOT_HAVE = {
    "human": ("run",),
    "automated": ("form", "evidence", "second_person", "emits_when"),
    "decision": ("run",),
    "notice": ("run",),
}
"""An automated step ends by its event, so nobody would ask the questions."""


def field_problems(sketch: Sketch) -> Iterator[Found]:
    """Everything that is wrong with fields that refer to one another."""
    for name, clock in sketch.clocks.items():
        if not clock.has_end:
            yield found(("clocks", name), "a clock without an `end` would run for ever")
    used = {role for step in sketch.steps.values() for role in (step.owner, step.second_person)}
    for role in sorted(sketch.roles - used):
        yield found(("roles", role), "no step belongs to this role")
    for step in sketch.steps.values():
        yield from _kind(step)
        yield from _roles(sketch, step)
        yield from _events(step)
        yield from _form(step)
        yield from _condition(sketch, step)
        yield from _due(sketch, step)


def _kind(step: SketchStep) -> Iterator[Found]:
    for field in _NEEDS.get(step.kind or "", ()):
        if field not in step.given:
            what = "exactly one accountable `owner`" if field == "owner" else f"`{field}`"
            yield found(("steps", step.id), f"a step of kind {step.kind} needs {what}")
    for field in _MUST_NOT_HAVE.get(step.kind or "", ()):
        if field in step.given:
            yield found(("steps", step.id, field), f"a step of kind {step.kind} has no `{field}`")


def _roles(sketch: Sketch, step: SketchStep) -> Iterator[Found]:
    for field, role in (("owner", step.owner), ("second_person", step.second_person)):
        if role is not None and role not in sketch.roles:
            near = nearest_name(role, sorted(sketch.roles))
            yield found(("steps", step.id, field), f"`{role}` is no role of this playbook", nearest=near)
    if step.owner is not None and step.owner == step.second_person:
        yield found(("steps", step.id, "second_person"), "the second person must have another role than the owner")


def _events(step: SketchStep) -> Iterator[Found]:
    if step.emits is not None and step.emits not in KINDS:
        text = f"no event is of the kind `{step.emits[:60]}`"
        yield found(("steps", step.id, "emits"), text, nearest=nearest_name(step.emits, list(KINDS)))
    if "emits_when" in step.given and step.emits is None:
        yield found(("steps", step.id, "emits_when"), "there is no event that this could hold back")
    field = step.emits_when.get("field")
    if isinstance(field, str) and field not in step.form:
        yield found(("steps", step.id, "emits_when"), f"the form of this step has no `{field}`")


def _form(step: SketchStep) -> Iterator[Found]:
    for name, field in step.form.items():
        if not isinstance(field, dict):
            continue
        if (field.get("type") == "choice") != bool(field.get("options")):
            yield found(("steps", step.id, "form", name), "`options` belong to a choice, and a choice needs them")


def _condition(sketch: Sketch, step: SketchStep) -> Iterator[Found]:
    asked, field = step.when.get("step"), step.when.get("field")
    if not isinstance(asked, str):
        return
    if asked not in ancestors(sketch, step.id):
        yield found(("steps", step.id, "when"), f"`{asked}` does not come before this step")
    elif isinstance(field, str) and field not in sketch.steps[asked].form:
        yield found(("steps", step.id, "when"), f"the form of `{asked}` has no `{field}`")


def _due(sketch: Sketch, step: SketchStep) -> Iterator[Found]:
    place = ("steps", step.id, "due")
    of = step.due.get("of")
    if not isinstance(of, str):
        return
    if of not in sketch.clocks:
        yield found(place, f"there is no clock `{of}`", nearest=nearest_name(of, list(sketch.clocks)))
        return
    clock = sketch.clocks[of]
    offset = offset_of(step.due, clock)
    if offset is None:
        if clock.is_readable and "at" in step.due:
            yield found(place, "`at` must be a share of a clock of exact time, such as 25%, or a time such as PT2H")
        return
    if clock.budget is not None and offset > clock.budget:
        yield found(place, f"due after `{of}` itself ends")
    for before in sorted(ancestors(sketch, step.id)):
        other = sketch.steps[before].due
        earlier = offset_of(other, clock) if other.get("of") == of else None
        if earlier is not None and earlier > offset:
            yield found(place, f"due before `{before}`, which comes first")
