"""One step as a CACAO action: its agent, its commands, its answers, its place in the guidance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.playbooks.cacao import names
from leakguard.playbooks.shapes import Playbook, Step

MACHINE = "leakguard"
"""The agent of automated steps; roles cannot have its key, since theirs begin with `role/`."""
ACTIVITIES = {
    "contain": "restrict-access",
    "preserve": "analyze-collected-data",
    "verify": "scan-system",
    "scope_data": "analyze-collected-data",
    "tell": "deliver-content",
    "recover": "restore-capabilities",
}
TYPES = {
    "contain": "mitigation",
    "preserve": "investigation",
    "verify": "detection",
    "scope_data": "investigation",
    "tell": "notification",
    "recover": "remediation",
}
"""What the vocabularies of CACAO call our phases; they have no word for coordinating, deciding and learning."""
NIST, CISA = "NIST Cybersecurity Framework 2.0", "CISA incident response playbook, November 2021"
_RUN = "leakguard playbook run {incident}"


def agents_of(playbook: Playbook) -> dict[str, Any]:
    """Each role as a person, and the machine where a step is automated."""
    agents: dict[str, Any] = {
        agent_id(playbook, role): {"type": "individual", "name": role, "description": duty}
        for role, duty in playbook.roles.items()
    }
    if any(step.kind == "automated" for step in playbook.steps.values()):
        agents[_machine(playbook)] = {
            "type": "linux",
            "name": MACHINE,
            "description": "The machine on which LeakGuard runs",
            "address": {"dname": ["localhost"]},
        }
    return agents


def agent_id(playbook: Playbook, role: str) -> str:
    """The agent that stands for a role."""
    return names.object_id("individual", playbook.playbook, f"role/{role}")


def action(playbook: Playbook, name: str, extension: Mapping[str, Any]) -> dict[str, Any]:
    """The action without its place in the flow."""
    step = playbook.steps[name]
    owner = step.owner or ""
    found = {
        "type": "action",
        "name": step.title,
        "description": step.why,
        "external_references": _references(step),
        "owner": names.object_id("identity", playbook.playbook, f"role/{owner}"),
        "commands": _commands(step),
        "agent": _machine(playbook) if step.kind == "automated" else agent_id(playbook, owner),
        "out_args": [names.variable(name, key) for key in step.form],
        "step_extensions": {names.EXTENSION: dict(extension)},
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def _machine(playbook: Playbook) -> str:
    return names.object_id("linux", playbook.playbook, MACHINE)


def _commands(step: Step) -> list[dict[str, Any]]:
    """A line each for a person; for a machine the one command that does it."""
    activity = {"playbook_activity": ACTIVITIES[step.phase]} if step.phase in ACTIVITIES else {}
    if step.kind == "automated":
        text = _RUN if step.action is not None else step.run or ""
        text = text.replace("{incident}", f"{names.INCIDENT}:value").replace("{findings}", f"{names.FINDINGS}:value")
        return [{"type": "bash", "command": text, **activity}]
    return [{"type": "manual", "command": line, **activity} for line in step.do or (step.title,)]


def _references(step: Step) -> list[dict[str, str]]:
    found = [{"name": NIST, "external_id": reference} for reference in step.maps_to.nist]
    return found + [{"name": CISA, "external_id": reference} for reference in step.maps_to.cisa]
