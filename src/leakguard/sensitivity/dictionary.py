"""The dictionary: what `sensitivity/names.yaml` states, ready to be looked up in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import read_yaml
from leakguard.sensitivity.tokens import joined

FILE = "names.yaml"
HUBS = frozenset(
    {
        "basic", "contact", "biometric", "criminal", "political", "ethnic", "religious", "sexual", "trade_union",
        "genetic", "health", "economic", "employment_health", "identification_number", "location", "official_document",
        "payment", "profile", "credentials", "unknown", "other",
    }
)  # fmt: skip
"""The types of data of the EDPB's template; a test holds them against the vocabulary of the duties."""
Kinds = Mapping[str, tuple[str, ...]]
Words = tuple[Annotated[str, StringConstraints(min_length=1, max_length=60)], ...]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z0-9_]+)?$", max_length=60)]


class _KindShape(Shape):
    names: Words = ()
    weak: Words = ()
    zh: Words = ()


class _FileShape(Shape):
    source: str
    source_kind: str
    verified_on: date
    kinds: dict[Kind, _KindShape]
    collections: dict[Kind, Words] = Field(default_factory=dict)
    collections_zh: dict[Kind, Words] = Field(default_factory=dict)
    false_friends: Words = ()
    people: Words = ()
    extensions: dict[Kind, Words] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """Joined words to kinds; see `names.yaml` for what the parts mean."""

    strong: Kinds
    weak: Kinds
    collections: Kinds
    false_friends: frozenset[str]
    people: frozenset[str]
    extensions: Mapping[str, str]
    zh: Kinds
    zh_collections: Kinds
    zh_pattern: re.Pattern[str]
    """The longest words first."""
    zh_collection_pattern: re.Pattern[str]

    def of(self, word: str) -> tuple[str, ...] | None:
        """The kinds of a joined word; none for a false friend, `None` for a word that says nothing."""
        found = self.strong.get(word)
        return () if found is None and word in self.false_friends else found


def parse_dictionary(text: str, *, name: str = FILE) -> Dictionary:
    """Read the dictionary; raises `BadFile` with every problem of it."""
    shape = fit(read_yaml(text, name=name), _FileShape, name=name)
    named = (*shape.kinds, *shape.collections, *shape.collections_zh, *shape.extensions)
    if unknown := sorted({kind for kind in named if kind.partition(".")[0] not in HUBS}):
        raise BadFile(name, tuple(Problem(where=kind, text="is no type of data") for kind in unknown))
    zh = _gathered((kind, words.zh) for kind, words in shape.kinds.items())
    zh_collections = _gathered(shape.collections_zh.items())
    return Dictionary(
        strong=_gathered((kind, map(joined, words.names)) for kind, words in shape.kinds.items()),
        weak=_gathered((kind, map(joined, words.weak)) for kind, words in shape.kinds.items()),
        collections=_gathered((kind, map(joined, words)) for kind, words in shape.collections.items()),
        false_friends=frozenset(map(joined, shape.false_friends)),
        people=frozenset(map(joined, shape.people)),
        extensions={end: kind for kind, ends in shape.extensions.items() for end in ends},
        zh=zh, zh_collections=zh_collections, zh_pattern=_pattern(zh), zh_collection_pattern=_pattern(zh_collections),
    )  # fmt: skip


def _gathered(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """A word may give away two kinds: who wrote to whom is both an address and a habit."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, words in pairs:
        for word in words:
            known = found.get(word, ())
            found[word] = known if kind in known else (*known, kind)
    return found


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
