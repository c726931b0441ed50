"""Which kinds and properties of a step of somebody else's CACAO document can be honoured, and why the others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.playbooks.cacao.reading import Refusals, shown

_BASE = frozenset(
    {
        "type", "name", "description", "external_references", "step_variables", "owner", "on_completion", "on_success",
        "on_failure", "delay", "timeout", "step_extensions",
    }
)  # fmt: skip
_OWN = {
    "start": frozenset[str](),
    "end": frozenset[str](),
    "action": frozenset({"commands", "agent", "targets", "in_args", "out_args"}),
    "parallel": frozenset({"next_steps"}),
    "if-condition": frozenset({"condition", "on_true", "on_false"}),
    "switch-condition": frozenset({"switch", "cases"}),
}
_REFUSED_KINDS = {
    "while-condition": "a loop without a bound: write it as a step with `repeat` in a LeakGuard playbook",
    "playbook-action": "calls another playbook, and only whole playbooks are started here, by a person",
}
_TIMERS = {
    "delay": "nothing here waits by itself: write it as a step with a due time",
    "timeout": "no step fails by itself because time has passed: write it as a due time of a clock",
}


def can_be_honoured(key: str, step: Mapping[str, Any], refusals: Refusals) -> bool:
    """Whether a step is of a kind that people can walk; names everything about it that would be lost."""
    kind = step["type"]
    if kind not in _OWN:
        refusals.add(key, _REFUSED_KINDS.get(kind, f"`{shown(kind)}` is no kind of step of CACAO 2.0"))
        return False
    for field, reason in _TIMERS.items():
        if step.get(field):
            refusals.add(key, f"`{field}`: {reason}")
    _refuse_ways(key, step, refusals)
    for extension in step.get("step_extensions") or ():
        refusals.add(key, f"uses {shown(extension)}, an extension that we do not know")
    for field in step:
        if field not in _BASE | _OWN[kind]:
            refusals.add(key, f"`{shown(field)}` is no property of this kind of step")
    return True


def _refuse_ways(key: str, step: Mapping[str, Any], refusals: Refusals) -> None:
    """Ways that would be lost: after a failure, after an end, and one of two that disagree."""
    ways = {name: step[name] for name in ("on_completion", "on_success", "on_failure") if step.get(name) is not None}
    if step["type"] == "end" and ways:
        refusals.add(key, f"`{next(iter(ways))}`: nothing comes after an end")
    if "on_failure" in ways and ways["on_failure"] != ways.get("on_success"):
        refusals.add(key, "`on_failure`: here a person decides how to go on after a failure")
    elif "on_success" in ways and ways["on_success"] != ways.get("on_completion", ways["on_success"]):
        refusals.add(key, "`on_completion` beside another `on_success`: CACAO allows one of the two")
