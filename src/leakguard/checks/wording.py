"""Conditions of checks in words, for people who ask why a finding is one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from leakguard.checks.conditions import Condition

_ENDED = {
    "complete": "was whole", "capped": "was longer than we read", "silent": "did not come in time",
    "closed": "ended with a hang-up", "reset": "ended with a reset", "garbled": "was in another language",
    "refused": "was a refused connection",
}  # fmt: skip
_SHAPES = {
    "array": "a list", "object": "an object", "string": "a text", "integer": "a whole number", "number": "a number",
    "boolean": "true or false", "null": "nothing",
}  # fmt: skip


def condition_words(condition: Condition) -> str:
    """One sentence without its full stop: `the answer to "root" has status 200 and lacks "login"`."""
    return _words(condition.stated) if condition.stated else "nothing above held"


def _words(stated: Mapping[str, Any]) -> str:
    parts: list[str] = []
    if "request" in stated:
        parts.append(f"the answer to `{stated['request']}` {_joined(list(_about(stated)), 'and')}")
    if "is" in stated:
        parts.append(f"`{stated['is']}` holds")
    if "not" in stated:
        parts.append(f"not ({_words(stated['not'])})")
    if "all" in stated:
        parts.append(_joined([f"({_words(each)})" for each in stated["all"]], "and"))
    if "any" in stated:
        choice = _joined([f"({_words(each)})" for each in stated["any"]], "or")
        parts.append(f"({choice})" if parts else choice)
    return _joined(parts, "and")


def _about(stated: Mapping[str, Any]) -> Iterator[str]:
    has_any = False
    for key, words_of in _TELLERS.items():
        if key in stated:
            has_any = True
            yield words_of(stated[key])
    if not has_any:
        yield "came"


def _status(codes: list[int]) -> str:
    return f"has status {_joined([str(code) for code in codes], 'or')}"


def _ended(endings: list[str]) -> str:
    return _joined([_ENDED.get(ending, f"ended as {ending}") for ending in endings], "or")


def _holds(texts: object) -> str:
    return f"contains {_joined([_quoted(text) for text in _list(texts)], 'and')}"


def _lacks(texts: object) -> str:
    return f"lacks {_joined([_quoted(text) for text in _list(texts)], 'and')}"


def _header(headers: Mapping[str, str]) -> str:
    headers_said = [
        f"a header `{name}`" + (f" with {_quoted(value)}" if value else "") for name, value in headers.items()
    ]
    return f"has {_joined(headers_said, 'and')}"


def _tells_nothing(wanted: bool) -> str:  # noqa: FBT001  (what the file states)
    problem = "says nothing about what it leads to" if wanted else "says something about what it leads to"
    return f"{problem} (a refusal, a way to a login, or a word without markup)"


def _sends_to_login(wanted: bool) -> str:  # noqa: FBT001  (what the file states)
    return "redirects to a login" if wanted else "does not redirect to a login"


def _value(asked: Mapping[str, Any]) -> str:
    """What stands at a place of its JSON."""
    at = f"at `{asked['path']}`" if "path" in asked else "as its JSON"
    if "type" in asked:
        return f"has {at} {_SHAPES.get(asked['type'], asked['type'])}"
    if "nonempty" in asked:
        return f"has {at} {'something' if asked['nonempty'] else 'an empty value'}"
    for key, verb in (
        ("equals", ""),
        ("min", "at least "),
        ("starts_with", "a text that begins with "),
        ("contains", "a text with "),
    ):
        if key in asked:
            return f"has {at} {verb}{json.dumps(asked[key], ensure_ascii=False)}"
    return f"has {at} {_joined([json.dumps(each, ensure_ascii=False) for each in asked['in']], 'or')}"


_TELLERS: Mapping[str, Callable[[Any], str]] = {
    "status": _status, "ended": _ended, "header": _header, "tells_nothing": _tells_nothing,
    "sends_to_login": _sends_to_login, "json": _value,
    "contains": _holds, "lacks": _lacks,
}  # fmt: skip


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _quoted(text: object) -> str:
    return json.dumps(text, ensure_ascii=False)


def _joined(parts: list[str], last: str) -> str:
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
