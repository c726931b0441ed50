"""A CACAO document that carries our extension, read back.

Titles, reasons and lines may have been changed by another tool; the flow and everything else must still agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.playbooks.cacao.conditions import first_unmet_text, unmet_text
from leakguard.playbooks.cacao.export import to_cacao
from leakguard.playbooks.cacao.fields import read_head, read_step
from leakguard.playbooks.cacao.names import EXTENSION, EXTENSION_VERSION, FIRST_VERSION
from leakguard.playbooks.cacao.reading import Refusals, shown
from leakguard.playbooks.cacao.tree import Unmet
from leakguard.playbooks.definitions import playbook_of
from leakguard.playbooks.shapes import Playbook

_COMPARED = ("playbook_variables", "agent_definitions", "target_definitions", "playbook_extensions", "workflow")
"""Each a dictionary of objects, compared one object at a time."""
_WHOLE = ("external_references", "description", "workflow_start", "markings", "data_marking_definitions")
_LOOPS: Mapping[object, Unmet] = {
    FIRST_VERSION: lambda step, until, _: first_unmet_text(step, until),
    EXTENSION_VERSION: unmet_text,
}
"""By the version of our extension: what begins another round of a loop."""


def own_playbook(document: Mapping[str, Any], refusals: Refusals, *, name: str) -> Playbook:
    """The playbook that was exported; raises `BadFile` that names what another tool has changed."""
    version = document.get("extension_definitions", {}).get(EXTENSION, {}).get("version")
    if version not in _LOOPS:
        refusals.add(EXTENSION, f"its version must be {FIRST_VERSION} or {EXTENSION_VERSION}")
    values = _values(document, refusals)
    refusals.raise_any()
    playbook = playbook_of(values, name=name)
    _compare(document, to_cacao(playbook, schema="", unmet=_LOOPS[version]), refusals)
    refusals.raise_any()
    return playbook


def _values(document: Mapping[str, Any], refusals: Refusals) -> dict[str, Any]:
    """The values of a playbook file, in the order that the extension says."""
    head = document["playbook_extensions"][EXTENSION]
    found: dict[str, dict[str, Any]] = {}
    for key, step in document["workflow"].items():
        fields = (step.get("step_extensions") or {}).get(EXTENSION) if _has_extensions(step) else None
        if step.get("type") != "action":
            continue
        if not isinstance(fields, dict) or not isinstance(fields.get("step"), str):
            refusals.add(key, "an action without the extension that the rest of this playbook has")
        elif fields["step"] in found:
            refusals.add(key, "two actions are the same step of our extension")
        else:
            lines = _lines(step.get("commands"), key, refusals)
            found[fields["step"]] = read_step(fields, step.get("name"), step.get("description"), lines)
    order = head.get("steps")
    is_list = isinstance(order, list) and all(isinstance(item, str) for item in order)
    if not is_list or sorted(order) != sorted(found):
        refusals.add(EXTENSION, "`steps` must name every action of the workflow once")
        order = []
    return read_head(head, document["name"], {name: found[name] for name in order})


def _has_extensions(step: Mapping[str, Any]) -> bool:
    return isinstance(step.get("step_extensions"), dict)


def _lines(commands: object, key: str, refusals: Refusals) -> list[Any]:
    """What a person reads; the one `bash` command of an automated step is written anew from the extension."""
    if not isinstance(commands, list) or not all(isinstance(command, dict) for command in commands):
        refusals.add(key, "`commands` must be a list of objects")
        return []
    return [command.get("command") for command in commands if command.get("type") == "manual"]


def _compare(document: Mapping[str, Any], expected: Mapping[str, Any], refusals: Refusals) -> None:
    """Whatever is not as we would write it was changed by somebody, and would be lost without a word."""
    for field in _WHOLE:
        if (document.get(field) or None) != (expected.get(field) or None):
            refusals.add(field, "was changed by another tool and no longer agrees with our extension")
    for field in _COMPARED:
        theirs, ours = document.get(field) or {}, expected.get(field) or {}
        for key in dict.fromkeys([*theirs, *ours]):
            if key not in theirs:
                refusals.add(key, f"is missing from `{field}`")
            elif key not in ours:
                refusals.add(key, f"was added to `{field}` by another tool, and our extension does not know it")
            else:
                _compare_object(key, theirs[key], ours[key], refusals)


def _compare_object(key: str, theirs: Mapping[str, Any], ours: Mapping[str, Any], refusals: Refusals) -> None:
    for name in dict.fromkeys([*theirs, *ours]):
        if theirs.get(name) != ours.get(name):
            refusals.add(key, f"`{shown(name)}` was changed by another tool and no longer agrees with our extension")
