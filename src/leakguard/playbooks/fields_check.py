"""Static checks of a playbook's fields: what each kind of step needs, roles, and events."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.clocks.event_kinds import KINDS, NEEDED
from leakguard.files.names import nearest_name
from leakguard.playbooks.answers_check import answer_problems
from leakguard.playbooks.clocks_check import clock_problems, due_problems
from leakguard.playbooks.machines_check import MACHINE_FIELDS, machine_problems
from leakguard.playbooks.paths_check import Found, found
from leakguard.playbooks.sketch import Sketch, SketchStep

_NEEDS = {
    "human": ("owner", "do"),
    "automated": ("owner",),
    "decision": ("owner", "do", "form"),
    "notice": ("owner", "do"),
}
_MUST_NOT_HAVE = {
    "human": MACHINE_FIELDS,
    "automated": ("form", "evidence", "second_person", "emits_when", "repeat"),
    "decision": MACHINE_FIELDS,
    "notice": MACHINE_FIELDS,
}
"""An automated step ends by its event or its machine, so nobody would ask the questions."""
_NEVER = frozenset({"incident_opened", "closed", "reopened", "retracted", "planned"})
"""Events about the incident itself or about the record: each is an act of its own, held against all that is missing."""


def field_problems(sketch: Sketch) -> Iterator[Found]:
    """Everything that is wrong with fields that refer to one another."""
    yield from clock_problems(sketch)
    used = {role for step in sketch.steps.values() for role in (step.owner, step.second_person)}
    for role in sorted(sketch.roles - used):
        yield found(("roles", role), "no step belongs to this role")
    for step in sketch.steps.values():
        yield from _kind(step)
        yield from _roles(sketch, step)
        yield from _events(step)
        yield from answer_problems(sketch, step)
        yield from machine_problems(sketch, step)
        yield from due_problems(sketch, step)


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
    if step.emits in _NEVER:
        text = f"no step records `{step.emits}`: a person does, with leakguard incident event"
        yield found(("steps", step.id, "emits"), text)
    for needed in NEEDED.get(step.emits or "", ()):
        if not any(_always_asks(step, name) for name in needed):
            names = " or ".join(f"`{name}`" for name in needed)
            text = f"an event `{step.emits}` means nothing without {names}: ask for it in the `form`"
            yield found(("steps", step.id, "emits"), text)
    if "emits_when" in step.given and step.emits is None:
        yield found(("steps", step.id, "emits_when"), "there is no event that this could hold back")
    for kind in step.undone_by:
        if kind not in KINDS:
            text = f"no event is of the kind `{kind[:60]}`"
            yield found(("steps", step.id, "undone_by"), text, nearest=nearest_name(kind, list(KINDS)))


def _always_asks(step: SketchStep, name: str) -> bool:
    """Whether the form asks for one plain value under this name, which the event then carries."""
    question = step.form.get(name)
    return isinstance(question, dict) and question.get("type") != "list" and question.get("required") is not False
