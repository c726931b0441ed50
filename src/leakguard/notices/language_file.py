"""The words of one further language: `duties/languages/<code>.yaml` says what the vocabulary says, key by key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit
from leakguard.files.light_shapes import Field, LightShape, model_validator
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import ReadText, dotted, read_yaml

_PLACES = re.compile(r"\{(\w+)\}")
_OTHER_WORDS = (("to_offices", "items", "item"), ("to_person", "categories", "kind of data"))
"""Parts that say a word of another part in their own way, whose keys they take, and what such a key names."""


class Plural(LightShape):
    """The forms of a noun behind a number, by the names of CLDR; a language without such forms writes one text."""

    one: str | None = None
    few: str | None = None
    many: str | None = None
    other: str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        return {"other": value} if isinstance(value, str) else value

    def of(self, form: str) -> str:
        """The form of this name, or the usual one."""
        found = {"one": self.one, "few": self.few, "many": self.many}.get(form)
        return found or self.other


class LanguageWords(LightShape):
    """What letters need beside their templates and catalogues."""

    PARTS: ClassVar[tuple[str, ...]] = ("items", "units", "categories", "marks", "phrases", "stages")
    """What a language must have whole: the words of the vocabulary, by its keys."""
    BESIDE: ClassVar[tuple[str, ...]] = ("verify", "to_offices", "to_person", "recipients", "laws", "places")
    """What it may have in part; where it says nothing, the letter has another way."""

    items: dict[str, str]
    units: dict[str, Plural]
    categories: dict[str, str]
    marks: dict[str, str]
    phrases: dict[str, str]
    verify: dict[str, str] = Field(default_factory=dict)
    """What duties leave to be verified, by its English words; what is not listed stays English."""
    stages: dict[str, str] = Field(default_factory=dict)
    to_offices: dict[str, str] = Field(default_factory=dict)
    """Items as a letter to an office calls them, where `items` speaks to the person whose data they are."""
    to_person: dict[str, str] = Field(default_factory=dict)
    """Kinds of data as a letter to one person names them, where `categories` says it of many."""
    recipients: dict[str, str] = Field(default_factory=dict)
    """Recipients by what duties call them in English, or by their kind, such as `regulator`."""
    laws: dict[str, str] = Field(default_factory=dict)
    """Laws with their article as a sentence names them, by their English names."""
    places: dict[str, str] = Field(default_factory=dict)
    """Parts of countries by their codes, where they are not called as in English."""


def load_words(text: str, known: Mapping[str, Mapping[str, Any]], *, name: str) -> LanguageWords:
    """Read the words of one language; raises `BadFile` with every key that is unknown or filled wrongly.

    `known` holds the vocabulary's words by part and key.
    A word that is missing is no error yet: it must not keep a letter of another language from being written.
    """
    read = read_yaml(text, name=name)
    words = fit(read, LanguageWords, name=name)
    problems = tuple(_problems(words, known, read))
    if problems:
        raise BadFile(name, problems)
    return words


def _problems(words: LanguageWords, known: Mapping[str, Mapping[str, Any]], read: ReadText) -> Iterator[Problem]:
    for part, names, what in (*((part, part, "word") for part in LanguageWords.PARTS), *_OTHER_WORDS):
        for key in getattr(words, part):
            if key not in known[names]:
                near, place = nearest_name(key, list(known[names])), (part, key)
                yield Problem(where=dotted(place), text=f"unknown {what}", line=read.line_of(place), nearest=near)
    for key in words.phrases:
        if key in known["phrases"] and _places(words.phrases[key]) != _places(known["phrases"][key].en):
            place = ("phrases", key)
            yield Problem(where=dotted(place), text="has other places in braces than English", line=read.line_of(place))


def _places(text: str) -> set[str]:
    return set(_PLACES.findall(text))
