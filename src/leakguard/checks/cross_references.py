"""Problems between the fields of a check file: names that name nothing, verbs that may not be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.checks.protocols import refused_verb
from leakguard.errors import Problem
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted


def problems_between_fields(read: ReadText) -> Iterator[Problem]:
    """Problems between fields, looked for in the plain values so that a broken field hides no other."""
    top = read.value if isinstance(read.value, dict) else {}
    probe = top["probe"] if isinstance(top.get("probe"), dict) else {}
    fields = top["fields"] if isinstance(top.get("fields"), dict) else {}
    paths: tuple[tuple[Path, Any], ...] = (
        (("probe", "requests"), probe.get("requests")), (("fields", "requests"), fields.get("requests")),
    )  # fmt: skip
    ids = [str(each.get("id")) for _, requests in paths for each in _listed(requests)]
    yield from _problems_of_questions(read, str(probe.get("kind")), paths)
    ransom = top.get("ransom")
    if isinstance(ransom, dict) and "note" in ransom and probe.get("kind") != "http":
        yield _problem(read, ("ransom", "note"), "a note is read over HTTP alone")
    if "distinct" in fields and probe.get("kind") != "http":
        yield _problem(read, ("fields", "distinct"), "different values are counted over HTTP alone")
    yield from _unknown_names(read, "request", ids, "no request has this id")
    if "shipped" in top and str(top["shipped"]) not in ids:
        yield _problem(read, ("shipped",), "no request has this id", nearest=nearest_name(str(top["shipped"]), ids))
    conditions = top.get("conditions")
    names = [str(condition) for condition in conditions] if isinstance(conditions, dict) else []
    yield from _unknown_names(read, "is", names, "no condition has this name")
    for path, _ in _uses(conditions, "is", ("conditions",)):
        yield _problem(read, path, "a named condition may not ask for another")


def _problems_of_questions(read: ReadText, kind: str, paths: Sequence[tuple[Path, Any]]) -> Iterator[Problem]:
    known: list[str] = []
    for path, requests in paths:
        for index, request in enumerate(_listed(requests)):
            here = (*path, index)
            if str(request.get("id")) in known:
                yield _problem(read, (*here, "id"), "another request has this id")
            known.append(str(request.get("id")))
            if refusal := refused_verb(kind, request):
                yield _problem(read, here, refusal)


def _listed(requests: Any) -> list[dict[str, Any]]:  # noqa: ANN401  (YAML holds anything)
    return [request for request in requests if isinstance(request, dict)] if isinstance(requests, list) else []


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
