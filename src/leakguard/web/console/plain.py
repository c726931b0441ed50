"""Plain names of the ids that sentences mention: of facts, steps and duties. The id stays beside them, small."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leakguard.errors import LeakGuardError

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_PIECE = re.compile(r"(?:evidence|form)\.([a-z0-9_]+)")
_FACT = re.compile(r"(?:facts\.)?((?:organisation\.)?[a-z_]+)(?:\.[a-z_.]+)?")
_ORIGIN = re.compile(r"step ([a-z0-9_]+), (.+)")
_DUTY = re.compile(r"([a-z]{2,3}(?:-[a-z0-9]+)+)(?:\.([a-z_0-9]+))?")


def plain_name(desk: Desk, code: str) -> str:
    """What the id stands for, in the reader's language; empty where nothing is known of it."""
    if code not in desk.names:
        desk.names[code] = next((name for of in (_piece, _fact, _duty, _step) if (name := of(desk, code))), "")
    return desk.names[code]


def _piece(desk: Desk, code: str) -> str:
    """A piece of evidence, or a question of the step that the page is about."""
    found = _PIECE.fullmatch(code)
    if found is None:
        return ""
    asked = {name: field["label"] for step in _steps(desk).values() for name, field in (step.get("form") or {}).items()}
    return asked.get(found[1]) or desk.say(found[1]).replace("_", " ")


def _step(desk: Desk, code: str) -> str:
    return str(_steps(desk).get(code, {}).get("title", ""))


def playbook_title(desk: Desk, name: str) -> str:
    """What a playbook is called, in the reader's language; its name where it is not known here."""
    if (running := _response(desk)) and running["playbook"] == name:
        return desk.say(running["title"])
    found = _asked(desk, "list_playbooks", path={}) or {"playbooks": ()}
    return next((desk.say(playbook["title"]) for playbook in found["playbooks"] if playbook["name"] == name), name)


def _response(desk: Desk) -> Any:  # noqa: ANN401  (a document)
    """Where the incident's response stands, as the reader is told it; nothing where none runs."""
    if "incident" not in desk.path:
        return None
    path, query = {"incident": desk.incident}, {"lang": desk.words.language}
    return _asked(desk, "next_steps", path=path, query=query)


def _steps(desk: Desk) -> Mapping[str, Mapping[str, Any]]:
    """The steps of the incident's response, by their names."""
    found = _response(desk)
    return {step["id"]: step for step in found["steps"]} if found else {}


def _duty(desk: Desk, code: str) -> str:
    """A law, with the stage of its notice."""
    parts = _DUTY.fullmatch(code)
    duty = _asked(desk, "show_duty", path={"duty": parts[1]}) if parts else None
    if not parts or not duty:
        return ""
    stage = next((filing["words"][desk.words.language] for filing in duty["stages"] if filing["name"] == parts[2]), "")
    return " · ".join(filter(None, (duty["law_words"][desk.words.language], stage)))


def _fact(desk: Desk, code: str) -> str:
    parts = _FACT.fullmatch(code)
    return labels(desk).get(parts[1], "") if parts else ""


def labels(desk: Desk) -> Mapping[str, str]:
    """What each fact is called."""
    found = _asked(desk, "list_facts", path={})
    every = [fact for part in found["sections"] for fact in part["facts"]] + found["organisation"] if found else []
    return {kind["fact"]: kind["label"][desk.words.language] for kind in every}


def origin_words(desk: Desk, text: str) -> str:
    """Where something comes from: a step by its title, with the piece of evidence or the person behind it."""
    found = _ORIGIN.fullmatch(text)
    title = _step(desk, found[1]) if found is not None else ""
    if found is None or not title:
        return desk.say(text)
    words = desk.say(found[2])
    return f"{title} · {words if words != found[2] else found[2].replace('_', ' ')}"


def _asked(desk: Desk, operation: str, **given: Any) -> Any:  # noqa: ANN401  (a document, and what it is asked with)
    """A document, asked for once; nothing where it cannot be had."""
    key = f"{operation} {given}"
    if key not in desk.asked:
        try:
            desk.asked[key] = desk.ask(operation, **given)
        except LeakGuardError:
            desk.asked[key] = None
    return desk.asked[key]
