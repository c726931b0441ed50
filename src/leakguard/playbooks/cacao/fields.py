"""What CACAO has no place for, as the plain values of our extension, and back.

Every mapping whose order means something is a list there: a tool that sorts keys must not reorder a response.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.playbooks.shapes import Playbook

NATIVE = ("title", "why", "do")
"""The fields of a step that CACAO's own `name`, `description` and `commands` hold, and may change."""
HEAD_NATIVE = "title"
_KEYED = {"form": "question", "how": "product", "with": "parameter"}
_HEAD_KEYED = {"roles": "role", "clocks": "id"}


def plain(playbook: Playbook) -> dict[str, Any]:
    """The playbook as plain values, as a file would hold them; what a kind must have stands there when it is empty."""
    values = playbook.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for step in values["steps"].values():
        if step["kind"] != "automated":
            step.setdefault("do", [])
        if step["kind"] == "decision":
            step.setdefault("form", {})
    return values


def head_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the extension says about the playbook as a whole; `steps` is their order."""
    head = {name: value for name, value in values.items() if name not in {HEAD_NATIVE, "steps"}}
    return {**_listed(head, _HEAD_KEYED), "steps": list(values["steps"])}


def step_fields(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the extension says about one step; a machine's lines are no command of anybody."""
    fields: dict[str, Any] = {"step": name, **{key: value for key, value in values.items() if key not in NATIVE}}
    if values["kind"] == "automated" and values.get("do"):
        fields["lines"] = values["do"]
    if values["kind"] != "automated" and not values.get("do"):
        fields["lines"] = []
    return _listed(fields, _KEYED)


def read_head(fields: Mapping[str, Any], title: object, steps: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a playbook file; what is malformed stays as it is, the shape names it."""
    return {**_keyed(fields, _HEAD_KEYED), HEAD_NATIVE: title, "steps": steps}


def read_step(fields: Mapping[str, Any], title: object, why: object, lines: list[Any]) -> dict[str, Any]:
    """The values of one step, with what CACAO's own fields say."""
    values = _keyed(fields, _KEYED)
    values.pop("step", None)
    values["do"] = values.pop("lines", lines)
    given = {**values, "title": title, "why": why}
    return {key: value for key, value in given.items() if value is not None}


def _listed(values: Mapping[str, Any], keyed: Mapping[str, str]) -> dict[str, Any]:
    """`{risk: {type: text}}` as `[{question: risk, type: text}]`; what is no mapping becomes `value`."""
    out = dict(values)
    for name, word in keyed.items():
        if name in out:
            out[name] = [
                {word: key, **value} if isinstance(value, dict) else {word: key, "value": value}
                for key, value in out[name].items()
            ]
    return out


def _keyed(values: Mapping[str, Any], keyed: Mapping[str, str]) -> dict[str, Any]:
    """The way back; what has another form is left for the shape to name."""
    out = dict(values)
    for name, word in keyed.items():
        entries = out.get(name)
        if isinstance(entries, list) and all(_is_entry(entry, word) for entry in entries):
            out[name] = {entry[word]: _without(entry, word) for entry in entries}
    return out


def _is_entry(entry: object, word: str) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get(word), str)


def _without(entry: Mapping[str, Any], word: str) -> Any:  # noqa: ANN401  (what the list held)
    rest = {key: value for key, value in entry.items() if key != word}
    return rest["value"] if set(rest) == {"value"} else rest
