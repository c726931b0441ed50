"""Reading: the files of `sensitivity/`, refused with every problem at once; only who meets an open store needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import read_yaml
from leakguard.sensitivity.book import FILE as STANDARDS
from leakguard.sensitivity.book import DataClass, KindBook, Standard
from leakguard.sensitivity.dictionary import FILE as NAMES
from leakguard.sensitivity.dictionary import HUBS, Dictionary, joined, plain

Words = tuple[Annotated[str, StringConstraints(min_length=1, max_length=60)], ...]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z0-9_]+)?$", max_length=60)]


class _KindShape(Shape):
    names: Words = ()
    weak: Words = ()
    zh: Words = ()


class _NamesShape(Shape):
    source: str
    source_kind: str
    verified_on: date
    kinds: dict[Kind, _KindShape]
    collections: dict[Kind, Words] = Field(default_factory=dict)
    collections_alone: dict[Kind, Words] = Field(default_factory=dict)
    collections_zh: dict[Kind, Words] = Field(default_factory=dict)
    false_friends: Words = ()
    false_friends_zh: Words = ()
    about: Words = ()
    people: Words = ()
    neutral: Words = ()
    extensions: dict[Kind, Words] = Field(default_factory=dict)


Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _ClassShape(Shape):
    class_: Line = Field(alias="class")
    kinds: tuple[Kind, ...]
    but_not: tuple[Kind, ...] = ()


class _StandardShape(Shape):
    id: Line
    standard: Line
    version: Line
    in_force_from: date
    in_force_to: date | None = None
    is_sensitive: bool = True
    source_url: str
    source_kind: Literal["primary", "primary-quoted", "official", "secondary", "unread"]
    verified_on: date
    confidence: Literal["sourced", "secondary", "own-knowledge"]
    note: str = ""
    classes: tuple[_ClassShape, ...]


class _StandardsShape(Shape):
    standards: tuple[_StandardShape, ...]


def parse_book(texts: Mapping[str, str]) -> KindBook:
    """The book from the files by name; raises `BadFile`."""
    return KindBook(words=parse_dictionary(texts[NAMES]), standards=parse_standards(texts[STANDARDS]))


def parse_dictionary(text: str, *, name: str = NAMES) -> Dictionary:
    """Read the dictionary; raises `BadFile` with every problem of it."""
    shape = fit(read_yaml(text, name=name), _NamesShape, name=name)
    named = (*shape.kinds, *shape.collections, *shape.collections_alone, *shape.collections_zh, *shape.extensions)
    if unknown := sorted({kind for kind in named if kind.partition(".")[0] not in HUBS}):
        raise BadFile(name, tuple(Problem(where=kind, text="is no type of data") for kind in unknown))
    false_zh: dict[str, tuple[str, ...]] = {_inside(word): () for word in shape.false_friends_zh}
    zh = false_zh | _gathered((kind, map(_inside, words.zh)) for kind, words in shape.kinds.items())
    zh_collections = false_zh | _gathered((kind, map(_inside, words)) for kind, words in shape.collections_zh.items())
    return Dictionary(
        strong=_gathered((kind, map(joined, words.names)) for kind, words in shape.kinds.items()),
        weak=_gathered((kind, map(joined, words.weak)) for kind, words in shape.kinds.items()),
        collections=_gathered((kind, map(joined, words)) for kind, words in shape.collections.items()),
        collections_alone=_gathered((kind, map(joined, words)) for kind, words in shape.collections_alone.items()),
        neutral=frozenset(map(joined, (*shape.neutral, *shape.people))),
        false_friends=frozenset(map(joined, shape.false_friends)),
        people=frozenset(map(joined, shape.people)),
        about=frozenset(map(joined, shape.about)),
        extensions={end: kind for kind, ends in shape.extensions.items() for end in ends},
        zh=zh, zh_collections=zh_collections, zh_pattern=_pattern(zh), zh_collection_pattern=_pattern(zh_collections),
    )  # fmt: skip


def _inside(word: str) -> str:
    return plain(word).lower()


def _gathered(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """A word may give away two kinds: who wrote to whom is both an address and a habit."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, words in pairs:
        for word in words:
            known = found.get(word, ())
            found[word] = known if kind in known else (*known, kind)
    return found


def _pattern(words: Iterable[str]) -> str:
    """Any of the words, the longest first; those that begin alike share their first letter, which most names lack."""
    ends: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        ends.setdefault(re.escape(word[:1]), []).append(re.escape(word[1:]))
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in ends.items()) or r"(?!)"


def parse_standards(text: str, *, name: str = STANDARDS) -> tuple[Standard, ...]:
    """Read the standards; raises `BadFile` with every problem of the file."""
    shape = fit(read_yaml(text, name=name), _StandardsShape, name=name)
    named = {
        kind
        for standard in shape.standards
        for class_shape in standard.classes
        for kind in (*class_shape.kinds, *class_shape.but_not)
    }
    if unknown := sorted(kind for kind in named if kind.partition(".")[0] not in HUBS):
        raise BadFile(name, tuple(Problem(where=kind, text="is no type of data") for kind in unknown))
    return tuple(_standard(standard) for standard in shape.standards)


def _standard(shape: _StandardShape) -> Standard:
    classes = tuple(
        DataClass(name=each.class_, kinds=frozenset(each.kinds), but_not=frozenset(each.but_not))
        for each in shape.classes
    )
    return Standard(
        id=shape.id, name=shape.standard, version=shape.version, in_force_from=shape.in_force_from,
        in_force_to=shape.in_force_to, is_sensitive=shape.is_sensitive, confidence=shape.confidence,
        source_url=shape.source_url, verified_on=shape.verified_on, classes=classes,
    )  # fmt: skip
