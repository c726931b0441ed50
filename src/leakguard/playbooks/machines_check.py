"""Static checks of automated steps: what the machine does, what it must know, and what ends the step."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.files.names import nearest_name
from leakguard.playbooks.paths_check import Found, found
from leakguard.playbooks.sketch import Sketch, SketchStep

MACHINE_FIELDS = ("run", "action", "with", "repeat_safe")
PARAMETERS: dict[str, tuple[str, ...]] = {
    "scan": (),
    "verify": (),
    "collect": (),
    "notify": ("role", "message"),
    "webhook": ("channel", "message"),
}
"""What each action must know, all of it."""
CLOSURE = frozenset({"remediation_verified", "verified_all_vantages"})
"""The events that a look from every vantage records by itself."""


def machine_problems(sketch: Sketch, step: SketchStep) -> Iterator[Found]:
    """Nothing for a step that is not automated."""
    if step.kind != "automated":
        return
    place = ("steps", step.id)
    if "action" not in step.given:
        yield from _by_hand(step)
        return
    if step.action in PARAMETERS:
        yield from _parameters(sketch, step, step.action)
    if step.action == "verify" and step.emits not in CLOSURE:
        yield found((*place, "emits"), "a step that verifies closure ends by the event `remediation_verified`")


def _by_hand(step: SketchStep) -> Iterator[Found]:
    """Without an action a person types the command, and its event is what ends the step."""
    place = ("steps", step.id)
    for field in ("run", "emits"):
        if field not in step.given:
            yield found(place, f"a step of kind automated needs an `action`, or `run` and `emits`: no `{field}` here")
    for field in ("with", "repeat_safe"):
        if field in step.given:
            yield found((*place, field), f"`{field}` is about an `action`, and this step has none")


def _parameters(sketch: Sketch, step: SketchStep, action: str) -> Iterator[Found]:
    place = ("steps", step.id, "with")
    needed = PARAMETERS[action]
    for name in step.parameters:
        if name not in needed:
            near = nearest_name(name, list(needed))
            yield found((*place, name), f"the action {action} does not know `{name[:60]}`", nearest=near)
    for name in needed:
        if name not in step.parameters:
            yield found(("steps", step.id), f"the action {action} needs `{name}` under `with`")
    role = step.parameters.get("role")
    if "role" in needed and isinstance(role, str) and role not in sketch.roles:
        near = nearest_name(role, sorted(sketch.roles))
        yield found((*place, "role"), f"`{role[:60]}` is no role of this playbook", nearest=near)
