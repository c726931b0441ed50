"""What CACAO 2.0 (Committee Specification 01, 27 November 2023) asks of a playbook, written down from its text.

The sections are named beside the rules. Much of it no JSON schema can say: where a pointer leads, that every branch
ends by an end step of its own, that an activity is the activity of some command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_STEP = {
    "type", "name", "description", "external_references", "delay", "timeout", "step_variables", "owner",
    "on_completion", "on_success", "on_failure", "step_extensions",
}  # fmt: skip
_OWN: dict[str, set[str]] = {
    "start": set(),
    "end": set(),
    "action": {"commands", "agent", "targets", "in_args", "out_args"},
    "parallel": {"next_steps"},
    "if-condition": {"condition", "on_true", "on_false"},
    "while-condition": {"condition", "on_true"},
}
_REQUIRED: dict[str, set[str]] = {
    "action": {"commands", "agent"},
    "parallel": {"next_steps"},
    "if-condition": {"condition", "on_true"},
    "while-condition": {"condition", "on_true"},
}
_PLAYBOOK = {
    "type", "spec_version", "id", "name", "description", "playbook_types", "playbook_activities",
    "playbook_processing_summary", "created_by", "created", "modified", "external_references", "playbook_variables",
    "workflow_start", "workflow", "playbook_extensions", "agent_definitions", "extension_definitions",
}  # fmt: skip
_MUST = {"type", "spec_version", "id", "name", "created_by", "created", "modified", "workflow_start", "workflow"}


def broken_rules(document: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule that the document breaks."""
    return [*_head(document), *_dictionaries(document), *_workflow(document), *_flow(document)]


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    """Section 3.1."""
    yield from (f"{name} is unknown" for name in document.keys() - _PLAYBOOK)
    yield from (f"{name} is missing" for name in _MUST - document.keys())
    yield from (f"{name} is empty" for name, value in document.items() if value in ("", [], {}))
    if document["type"] != "playbook" or document["spec_version"] != "cacao-2.0":
        yield "type and spec_version"
    if not re.fullmatch(f"playbook--{UUID}", document["id"]) or document["id"][24] not in "45":
        yield "id must be a UUID of version 4 or 5"
    if not re.fullmatch(f"identity--{UUID}", document["created_by"]):
        yield "created_by must be a STIX identity"
    yield from _times(document)
    yield from _activities(document)


def _times(document: Mapping[str, Any]) -> Iterator[str]:
    for name in ("created", "modified"):
        if not _TIME.fullmatch(document[name]):
            yield f"{name} must be UTC with three digits"
    if document["modified"] < document["created"]:
        yield "modified before created"


def _activities(document: Mapping[str, Any]) -> Iterator[str]:
    commands = [command for step in document["workflow"].values() for command in step.get("commands", [])]
    if not set(document.get("playbook_activities", [])) <= {one.get("playbook_activity") for one in commands}:
        yield "an activity that no command has"
    if document.get("playbook_types") and not document.get("playbook_activities"):
        yield "types without activities"


def _dictionaries(document: Mapping[str, Any]) -> Iterator[str]:
    """Sections 7, 8 and 10: agents, extensions, variables."""
    for key, agent in document["agent_definitions"].items():
        if not re.fullmatch(f"{agent['type']}--{UUID}", key) or not agent.get("name"):
            yield f"agent {key}"
    for key, extension in document["extension_definitions"].items():
        needed = {"type", "name", "created_by", "schema", "version"}
        if not re.fullmatch(f"extension-definition--{UUID}", key) or needed - extension.keys():
            yield f"extension {key}"
    for key, variable in document["playbook_variables"].items():
        if not re.fullmatch("__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__", key) or "type" not in variable:
            yield f"variable {key}"
    for holder in (document, *document["workflow"].values()):
        yield from _extensions(document, holder)
        yield from _references(holder)


def _extensions(document: Mapping[str, Any], holder: Mapping[str, Any]) -> Iterator[str]:
    """Section 8: each is defined, and its properties have names that every tool can hold."""
    used = {**holder.get("playbook_extensions", {}), **holder.get("step_extensions", {})}
    yield from (f"{key} has no definition" for key in used if key not in document["extension_definitions"])
    names = [name for fields in used.values() for name in fields]
    yield from (f"{name}: a property" for name in names if not re.fullmatch("[a-z0-9_]{3,250}", name))


def _references(holder: Mapping[str, Any]) -> Iterator[str]:
    """Section 10.9."""
    for reference in holder.get("external_references", []):
        others = {"description", "source", "url", "external_id", "reference_id"} & reference.keys()
        if not reference.get("name") or not others:
            yield "an external reference needs a name and something else"


def _workflow(document: Mapping[str, Any]) -> Iterator[str]:
    """Section 4, each step alone."""
    numbers = [key.rpartition("--")[2] for key in (*document["workflow"], *document["agent_definitions"])]
    if len(set(numbers)) < len(numbers):
        yield "two objects with one UUID"
    for key, step in document["workflow"].items():
        kind = step["type"]
        if not re.fullmatch(f"{kind}--{UUID}", key) or key.rpartition("--")[2][14] != "4":
            yield f"{key}: a step needs a UUID of version 4"
        yield from (f"{key}: {name} is unknown" for name in step.keys() - _STEP - _OWN[kind])
        yield from (f"{key}: {name} is missing" for name in _REQUIRED.get(kind, set()) - step.keys())
        pointers = {"on_completion", "on_success", "on_failure"} & step.keys()
        allowed: dict[str, list[set[str]]] = {"end": [set()], "start": [{"on_completion"}]}
        usual = [{"on_completion"}, {"on_success"}, {"on_success", "on_failure"}]
        if pointers not in allowed.get(kind, usual):
            yield f"{key}: {sorted(pointers)}"
        if kind == "parallel" and len(set(step["next_steps"])) < 2:
            yield f"{key}: fewer than two branches"
        if kind == "action":
            yield from _action(document, key, step)


def _action(document: Mapping[str, Any], key: str, step: Mapping[str, Any]) -> Iterator[str]:
    if step["agent"] not in document["agent_definitions"]:
        yield f"{key}: an agent that is not defined"
    if not step["commands"] or not all(one.get("command") for one in step["commands"]):
        yield f"{key}: no command"
    if not set(step.get("out_args", [])) <= document["playbook_variables"].keys():
        yield f"{key}: a variable that is not defined"


def _flow(document: Mapping[str, Any]) -> Iterator[str]:
    """Sections 4.3 to 4.10: all pointers lead somewhere, and each branch has an end of its own."""
    workflow = document["workflow"]
    if workflow.get(document["workflow_start"], {}).get("type") != "start":
        yield "workflow_start must be a start step"
        return
    met: list[str] = []
    yield from _sequence(workflow, document["workflow_start"], met)
    yield from (f"{key} is met twice" for key in set(met) if met.count(key) > 1)
    yield from (f"{key} is never met" for key in workflow.keys() - met)


def _sequence(workflow: Mapping[str, Any], first: str, met: list[str]) -> Iterator[str]:
    key: str | None = first
    while key is not None:
        if key not in workflow:
            yield f"{key} does not exist"
            return
        met.append(key)
        if met.count(key) > 1:
            return
        step = workflow[key]
        branches = [step[name] for name in ("on_true", "on_false") if name in step]
        for branch in (*branches, *step.get("next_steps", [])):
            yield from _sequence(workflow, branch, met)
        if "on_failure" in step and step["on_failure"] not in met:
            yield f"{key}: a failure leads to a step that was not met before"
        key = step.get("on_completion") or step.get("on_success")


def begins_without_an_answer(condition: str) -> bool:
    """Whether one comparison of the STIX grammar holds for a variable whose value is unknown.

    It is equal to nothing, in no set and in no order, so only a negation of that holds.
    """
    sign = condition.partition(":value ")[2]
    if sign.startswith("NOT "):
        return not begins_without_an_answer(f":value {sign.removeprefix('NOT ')}")
    return sign.startswith("!= ")
