"""A playbook as an OASIS CACAO Security Playbook, version 2.0 (Committee Specification 01, 27 November 2023)."""

from __future__ import annotations

import json
from typing import Any

from leakguard.playbooks.cacao import names
from leakguard.playbooks.cacao.conditions import unmet_text
from leakguard.playbooks.cacao.fields import head_fields, plain, step_fields
from leakguard.playbooks.cacao.flow import Flow
from leakguard.playbooks.cacao.steps import ACTIVITIES, TYPES, agents_of
from leakguard.playbooks.cacao.tree import Unmet, tree_of
from leakguard.playbooks.shapes import Playbook

_VARIABLE_TYPES = {"number": "integer", "yes_no": "bool"}


def to_cacao(playbook: Playbook, *, schema: str, unmet: Unmet = unmet_text) -> dict[str, Any]:
    """The document as plain values; `schema` is the text of the JSON schema of our extension.

    `unmet` says what begins another round of a loop.
    """
    values = plain(playbook)
    created, modified = names.timestamps(playbook.version)
    flow = Flow(playbook, {name: step_fields(name, step) for name, step in values["steps"].items()})
    start = flow.write(tree_of(playbook, unmet))
    document = {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": names.playbook_id(playbook.playbook),
        "name": playbook.title,
        "description": "\n".join(playbook.about),
        **_types(playbook),
        "playbook_processing_summary": _summary(playbook, flow.objects),
        "created_by": names.CREATED_BY,
        "created": created,
        "modified": modified,
        "external_references": [{"name": line, "source": line} for line in playbook.references],
        "playbook_variables": _variables(playbook),
        "workflow_start": start,
        "workflow": flow.objects,
        "playbook_extensions": {names.EXTENSION: head_fields(values)},
        "agent_definitions": agents_of(playbook),
        "extension_definitions": {names.EXTENSION: names.definition(schema)},
    }
    return {name: value for name, value in document.items() if value not in ("", [])}


def cacao_text(playbook: Playbook, *, schema: str) -> str:
    """The document as JSON text, two spaces deep."""
    return json.dumps(to_cacao(playbook, schema=schema), ensure_ascii=False, indent=2) + "\n"


def _types(playbook: Playbook) -> dict[str, Any]:
    """The open vocabularies of section 3.1; every type has an activity of ours."""
    phases = dict.fromkeys(step.phase for step in playbook.steps.values() if step.phase in ACTIVITIES)
    return {
        "playbook_types": list(dict.fromkeys(TYPES[phase] for phase in phases)),
        "playbook_activities": list(dict.fromkeys(ACTIVITIES[phase] for phase in phases)),
    }


def _summary(playbook: Playbook, objects: dict[str, Any]) -> dict[str, bool]:
    kinds = {item["type"] for item in objects.values()}
    return {
        "manual_playbook": all(step.kind != "automated" for step in playbook.steps.values()),
        "parallel_processing": "parallel" in kinds,
        "if_logic": "if-condition" in kinds,
        "while_logic": "while-condition" in kinds,
        "extensions": True,
    }


def _variables(playbook: Playbook) -> dict[str, Any]:
    """One for the incident, one for its findings, and one for each question, without a value until it is answered."""
    variables: dict[str, Any] = {
        names.INCIDENT: {"type": "string", "description": "The id of the incident", "external": True},
        names.FINDINGS: {"type": "string", "description": "The ids of its findings", "external": True},
    }
    for name, step in playbook.steps.items():
        for key, field in step.form.items():
            kind = _VARIABLE_TYPES.get(field.type, "string")
            variables[names.variable(name, key)] = {"type": kind, "description": field.label, "value": None}
    return variables
