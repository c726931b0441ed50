"""The shared words: content items, decisions, conditions, kinds of data, places; in English and Chinese."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load, nearest_name
from leakguard.notices.expressions import Expression

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")
Kind = Literal[
    "text",
    "count",
    "moment",
    "categories",
    "contact",
    "flag",
    "choice",
    "money",
    "encryption",
    "residents",
    "places",
    "steps",
]
_PLACE = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?", re.ASCII)
_FINER = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", re.ASCII)


def _split(value: object) -> object:
    """A list of codes may stand in one line of text."""
    return tuple(value.split()) if isinstance(value, str) else value


Codes = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Words(Shape):
    """One meaning in the languages that letters are written in."""

    en: str
    zh: str

    def of(self, lang: Lang) -> str:
        """The words of one language."""
        return self.zh if lang == "zh" else self.en


class FactKind(Words):
    """What a fact is called and what its value may look like."""

    kind: Kind
    unit: Words | None = None
    options: tuple[str, ...] = ()


class Requirement(Shape):
    """What a duty means by the word behind a content item."""

    means: str
    unknown_allowed: bool = False
    """A stated reason why it is not known yet is enough."""
    optional: bool = False
    when: Literal["late", "later_stage"] | Expression | None = None


class Signs(Shape):
    """By what a text tells an item that some notices must not tell."""

    words: tuple[str, ...] = ()
    """Whole words, in any case."""
    strangers: bool = False
    """An e-mail address of somebody else tells it."""


class Vocabulary(Shape):
    """All the words; see `duties/vocabulary.yaml`."""

    version: str
    items: dict[str, FactKind]
    decisions: dict[str, FactKind]
    conditions: dict[str, Requirement]
    categories: dict[str, Words]
    obligated: dict[str, Words]
    marks: dict[str, Words]
    """How sure a rule is, in words."""
    phrases: dict[str, Words]
    """The fixed words of letters."""
    signs: dict[str, Signs] = Field(default_factory=dict)
    """What gives an item away in the words of a letter."""
    regions: dict[str, Codes]
    countries: Codes

    @cached_property
    def facts(self) -> dict[str, FactKind]:
        """Every fact that a facts file may state."""
        return {**self.items, **self.decisions}

    def is_place(self, code: str) -> bool:
        """Whether `code` is an ISO country, or a subdivision of one."""
        found = _PLACE.fullmatch(code)
        return found is not None and found[1] in self._countries

    @cached_property
    def _countries(self) -> frozenset[str]:
        return frozenset(self.countries)

    def covers(self, place: str, code: str) -> bool:
        """Whether `code` lies in `place`, a region, a country or a subdivision."""
        inside = self.regions.get(place, (place,))
        return any(code == one or code.startswith(f"{one}-") for one in inside)

    def is_category(self, name: str) -> bool:
        """Whether `name` is a known kind of data, or a finer one of a known kind."""
        return bool(_FINER.fullmatch(name)) and name.split(".", maxsplit=1)[0] in self.categories

    def category_words(self, name: str, lang: Lang) -> str:
        """A kind of data in words; an unlisted finer one is named behind its known kind."""
        if name in self.categories:
            return self.categories[name].of(lang)
        head, _, finer = name.partition(".")
        known = self.categories[head].of(lang)
        return f"{known}（{finer}）" if lang == "zh" else f"{known} ({finer.replace('_', ' ')})"

    def nearest_fact(self, name: str) -> str | None:
        """The known fact that `name` probably meant."""
        return nearest_name(name, list(self.facts))


def parse_vocabulary(text: str, *, name: str) -> Vocabulary:
    """Read the vocabulary; raises `BadFile` with all problems."""
    vocabulary = load(text, Vocabulary, name=name)
    places = [code for codes in vocabulary.regions.values() for code in codes]
    unknown = [code for code in places if not vocabulary.is_place(code)]
    twice = sorted(vocabulary.items.keys() & vocabulary.decisions.keys())
    problems = [Problem(where="regions", text=f"`{code}` is not a country") for code in unknown]
    problems += [Problem(where=f"decisions.{key}", text="stands among the items as well") for key in twice]
    if problems:
        raise BadFile(name, tuple(problems))
    return vocabulary
