"""One action of somebody else's CACAO document as a step for a person, and one condition as a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.playbooks.cacao.reading import Refusals, shown
from leakguard.playbooks.cacao.words import command_text, line_of, lines_of, name_of, reference_lines, rest_of

_PEOPLE = frozenset({"individual", "group", "organization"})
_PHASES = {
    "compose-content": "tell", "deliver-content": "tell", "identify-audience": "tell", "identify-channel": "tell",
    "scan-system": "verify", "scan-vulnerabilities": "verify", "match-indicator": "scope_data",
    "analyze-collected-data": "scope_data", "identify-indicators": "scope_data", "configure-systems": "contain",
    "restrict-access": "contain", "disconnect-system": "contain", "eliminate-risk": "contain",
    "revert-system": "recover", "restore-data": "recover", "restore-capabilities": "recover",
}  # fmt: skip
"""Which phase of ours each activity of section 3.1.2 belongs to; everything else is coordinated by a person."""
_QUESTIONS = {"bool": "yes_no", "integer": "number", "long": "number"}
ANSWER = "answer"
"""The one question of a decision."""


class ForeignSteps:
    """Collects the steps and the roles."""

    def __init__(self, document: Mapping[str, Any], refusals: Refusals) -> None:
        """Reads nothing yet but the roles."""
        self.values: dict[str, dict[str, Any]] = {}
        self.roles: dict[str, str] = {}
        self._variables = document.get("playbook_variables", {})
        self._agents = document.get("agent_definitions", {})
        self._targets = document.get("target_definitions", {})
        self._refusals = refusals
        self._role_of: dict[str, str] = {}
        self._first = next(
            (step.get("agent") for step in document["workflow"].values() if step["type"] == "action"), None
        )

    def add_action(self, key: str, step: Mapping[str, Any], when: Sequence[Mapping[str, Any]]) -> str:
        """A step of the kind human; gives its name."""
        known = {**self._variables, **self._dictionary(key, step, "step_variables")}
        commands, phase = self._lines(key, step, known)
        first = commands[0] if commands else "A step without a name"
        lines = [*rest_of(step.get("name")), *rest_of(step.get("description"), known), *commands]
        for target in self._list(key, step, "targets"):
            found = self._targets.get(target) if isinstance(target, str) else None
            if found is None:
                self._refusals.add(key, f"the target {shown(target)} is not in `target_definitions`")
            lines += lines_of(f"On: {line_of((found or {}).get('name'), shown(target))}", known)
        for line in reference_lines(step.get("external_references")):
            lines += lines_of(f"See: {line}")
        values = {
            "kind": "human",
            "title": line_of(step.get("name"), first),
            "phase": phase,
            "owner": self._role(key, step.get("agent")),
            "do": lines,
            "why": self._why(step, known),
            "form": self._form(key, step, known),
        }
        return self._keep(values, when)

    def add_decision(
        self, key: str, step: Mapping[str, Any], options: Sequence[str], when: Sequence[Mapping[str, Any]], owner: str
    ) -> str:
        """A person answers what CACAO would compute: yes or no, or one of `options`; gives the name of the step."""
        asked = step.get("switch") if options else step.get("condition")
        if not lines_of(asked):
            self._refusals.add(key, "there is no condition to decide on")
        whole = " ".join(lines_of(asked)) or "?"
        whole = whole if options else f"Does this hold: {whole}"
        label = line_of(whole)
        question = {"type": "choice", "label": label, "options": list(options)} if options else _yes_no(label)
        values = {
            "kind": "decision",
            "title": line_of(step.get("name"), "Decide how to go on"),
            "phase": "decide",
            "owner": owner or self._role(key, self._first),
            "do": [*rest_of(step.get("name")), *lines_of(step.get("description")), *lines_of(f"Decide: {whole}")],
            "form": {ANSWER: question},
        }
        return self._keep(values, when)

    def _why(self, step: Mapping[str, Any], known: Mapping[str, Any]) -> str | None:
        """The description where it is short; a long one says what to do, and stands there whole."""
        lines = lines_of(step.get("description"), known)
        return " ".join(lines) if lines and not rest_of(step.get("description"), known) else None

    def _keep(self, values: dict[str, Any], when: Sequence[Mapping[str, Any]]) -> str:
        name = name_of(values["title"], self.values, otherwise="step")
        filled = {field: value for field, value in values.items() if value is not None}
        self.values[name] = {**filled, "when": list(when), "next": []}
        return name

    def _lines(self, key: str, step: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[list[str], str]:
        """What a person reads, and the phase of the first command that names an activity."""
        lines: list[str] = []
        phase = ""
        commands = self._list(key, step, "commands")
        for command in commands:
            kind = command.get("type") if isinstance(command, dict) else None
            if kind != "manual":
                self._refusals.add(key, f"a command of the type {shown(kind)}: a stranger's commands are never run")
                continue
            text = command_text(command)
            if text is None:
                self._refusals.add(key, "a manual command without a readable `command` or `command_b64`")
            lines += [*lines_of(command.get("description"), known), *lines_of(text, known)]
            phase = phase or _PHASES.get(str(command.get("playbook_activity")), "")
        if not commands:
            self._refusals.add(key, "an action without a command")
        return lines, phase or "coordinate"

    def _role(self, key: str, agent: object) -> str:
        """The role of an agent who is a person, or several."""
        found = self._agents.get(agent) if isinstance(agent, str) else None
        if found is None:
            self._refusals.add(key, f"its agent {shown(agent)} is not in `agent_definitions`")
        elif found.get("type") not in _PEOPLE:
            self._refusals.add(key, f"its agent is a {shown(found.get('type'))}: only people can be asked to do a step")
        elif found.get("agent_target_extensions"):
            self._refusals.add(str(agent), "an extension of an agent that we do not know")
        if found is None or not isinstance(agent, str):
            return ""
        if agent not in self._role_of:
            role = name_of(found.get("name", ""), self.roles, otherwise="role")
            self._role_of[agent] = role
            self.roles[role] = line_of(found.get("description")) or line_of(found.get("name"), role)
        return self._role_of[agent]

    def _form(self, key: str, step: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """The variables that an action gives back are questions to the person who does it."""
        form: dict[str, Any] = {}
        for argument in self._list(key, step, "out_args"):
            key_of = str(argument).removesuffix(":value")
            variable = known.get(key_of)
            if not isinstance(variable, dict):
                self._refusals.add(key, f"`out_args` names {shown(argument)}, and no variable has this name")
                continue
            label = line_of(variable.get("description")) or shown(argument)
            kind = _QUESTIONS.get(str(variable.get("type")), "text")
            form[name_of(key_of, form, otherwise="value")] = {"type": kind, "label": label}
        return form

    def _list(self, key: str, step: Mapping[str, Any], field: str) -> list[Any]:
        value = step.get(field, [])
        if not isinstance(value, list):
            self._refusals.add(key, f"`{field}` must be a list")
            return []
        return value

    def _dictionary(self, key: str, step: Mapping[str, Any], field: str) -> dict[str, Any]:
        value = step.get(field, {})
        if not isinstance(value, dict):
            self._refusals.add(key, f"`{field}` must be a dictionary")
            return {}
        return value


def _yes_no(label: str) -> dict[str, Any]:
    return {"type": "yes_no", "label": label}
