"""Problems between the fields of a check file: names that name nothing, verbs that may not be sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.checks.verbs import refused_verb
from leakguard.errors import Problem
from leakguard.files.shapes import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted


def problems_between_fields(read: ReadText) -> Iterator[Problem]:
    """Problems between fields, looked for in the plain values so that a broken field hides no other."""
    top = read.value if isinstance(read.value, dict) else {}
    probe = top["probe"] if isinstance(top.get("probe"), dict) else {}
    requests = probe.get("requests")
    asked = [each for each in requests if isinstance(each, dict)] if isinstance(requests, list) else []
    ids = [str(each.get("id")) for each in asked]
    for index, request in enumerate(asked):
        here: Path = ("probe", "requests", index)
        if ids[index] in ids[:index]:
            yield _problem(read, (*here, "id"), "another request has this id")
        refusal = refused_verb(str(probe.get("kind")), request)
        if refusal:
            yield _problem(read, here, refusal)
    ransom = top.get("ransom")
    if isinstance(ransom, dict) and "note" in ransom and probe.get("kind") != "http":
        yield _problem(read, ("ransom", "note"), "a note is read over HTTP alone")
    yield from _unknown_names(read, "request", ids, "no request has this id")
    conditions = top.get("conditions")
    names = [str(each) for each in conditions] if isinstance(conditions, dict) else []
    yield from _unknown_names(read, "is", names, "no condition has this name")
    for path, _ in _uses(conditions, "is", ("conditions",)):
        yield _problem(read, path, "a named condition may not ask for another")


def _unknown_names(read: ReadText, key: str, known: list[str], text: str) -> Iterator[Problem]:
    for path, wanted in _uses(read.value, key, ()):
        if wanted not in known:
            yield _problem(read, path, text, nearest=nearest_name(wanted, known))


def _uses(value: Any, key: str, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401  (YAML holds anything)
    """Every place where `key` names something, and the name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key and not isinstance(inner, dict | list):
                yield (*path, name), str(inner)
            yield from _uses(inner, key, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _uses(inner, key, (*path, index))


def _problem(read: ReadText, path: Path, text: str, nearest: str | None = None) -> Problem:
    return Problem(where=dotted(path), text=text, line=read.line_of(path), nearest=nearest)
