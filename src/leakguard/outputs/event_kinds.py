"""The kinds of events by what happened, and which clocks each starts or ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leakguard.clocks.event_kinds import GROUPS, KEYWORDS, KINDS, NEEDED
from leakguard.clocks.rule_sentences import meaning_words
from leakguard.clocks.rules import ClockRule
from leakguard.outputs.terminal import wrap
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.kinds_effects import Effect

_INDENT = 32
_NARROWEST = 60
"""Columns below which the meanings beside the names would be a word or two wide."""


def kind_lines(effects: Mapping[str, Sequence[Effect]], width: int) -> Iterator[str]:
    """A heading for each group, and for each of its kinds what it means and which clocks it moves, in columns."""
    for number, (title, names) in enumerate(GROUPS.items()):
        yield from ([""] if number else [])
        yield title
        for name in names:
            lines = [meaning_words(name), *(printable(effect.text, longest=400) for effect in effects.get(name, ()))]
            yield from _row(name, lines, max(width, _NARROWEST))


def _row(name: str, lines: Sequence[str], width: int) -> Iterator[str]:
    lead, hang = f"  {name:<{_INDENT - 2}}", " " * _INDENT
    for text in lines:
        yield from wrap(text, width, indent=lead, hang=hang)
        lead = hang


def kinds_json(incident: str | None, effects: Mapping[str, Sequence[Effect]]) -> dict[str, object]:
    """Plain values; the effects are those on the clocks of an incident, where one was named."""
    kinds = [
        {"kind": name, "group": title, "meaning": meaning_words(name)}
        | ({"effects": [effect.to_json() for effect in effects.get(name, ())]} if incident is not None else {})
        for title, names in GROUPS.items()
        for name in names
    ]
    return {"incident": incident, "kinds": kinds}


def kinds_of_incident_json(
    incident: str, effects: Mapping[str, Sequence[Effect]], rules: Sequence[ClockRule]
) -> dict[str, Any]:
    """As `kinds_json`, with what a form asks of each kind, and what the clocks are called."""
    kinds = [
        {
            "kind": name, "group": title, "meaning": KINDS[name].meaning, "keywords": KEYWORDS.get(name, ""),
            "fields": list(KINDS[name].fields), "needed": [list(names) for names in NEEDED.get(name, ())],
            "effects": [effect.to_json() for effect in effects.get(name, ())],
        }
        for title, names in GROUPS.items()
        for name in names
    ]  # fmt: skip
    clocks = [{"id": rule.id, "title": rule.title or None, "law": rule.law or None} for rule in rules]
    return {"incident": incident, "kinds": kinds, "clocks": clocks}
