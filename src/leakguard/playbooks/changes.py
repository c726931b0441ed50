"""What is different between two playbooks, a line each, for whoever has to agree to a move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.playbooks.shapes import Playbook

_HEAD = ("title", "version", "tested_on", "about", "references", "start", "end")
MOST_CHARACTERS = 300
"""Of one value; the whole of it stands in the file."""


def changes(before: Playbook, after: Playbook) -> tuple[str, ...]:
    """`+` for what is new, `-` for what is gone, `~` for what is otherwise; empty when both are equal."""
    old, new = _plain(before), _plain(after)
    lines = list(_fields("", old, new, ("playbook", *_HEAD)))
    for part, word in (("roles", "role"), ("clocks", "clock"), ("steps", "step")):
        lines += _entries(word, old.get(part, {}), new.get(part, {}))
    return tuple(lines)


def _plain(playbook: Playbook) -> dict[str, Any]:
    return playbook.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _entries(word: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield f"- {word} {name}: {_title(old[name])}"
        elif name not in old:
            yield f"+ {word} {name}: {_title(new[name])}"
        elif isinstance(old[name], dict):
            fields = [*old[name], *(field for field in new[name] if field not in old[name])]
            yield from _fields(f"{word} {name}: ", old[name], new[name], fields)
        else:
            yield from _fields(f"{word} ", old, new, (name,))
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield f"~ the order of the {word}s"


def _fields(place: str, old: Mapping[str, Any], new: Mapping[str, Any], names: Any) -> Iterator[str]:  # noqa: ANN401  (any names)
    for name in names:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if isinstance(before, list) and isinstance(after, list):
            yield from _lines(f"{place}{name}", before, after)
        else:
            yield f"~ {place}{name}: {_shown(before)} -> {_shown(after)}"


def _lines(place: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    gone, come = [line for line in old if line not in new], [line for line in new if line not in old]
    yield from (f"- {place}: {_shown(line)}" for line in gone)
    yield from (f"+ {place}: {_shown(line)}" for line in come)
    if not gone and not come:
        yield f"~ {place}: the order"


def _title(value: object) -> str:
    return str(value.get("title") or "(no title)") if isinstance(value, dict) else str(value)


def _shown(value: object) -> str:
    if value is None:
        return "(nothing)"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}..."
