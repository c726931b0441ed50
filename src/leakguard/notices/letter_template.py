"""Letter templates: all languages side by side in one file, so that they cannot drift apart.

A text may name facts as `{{ breach_date }}`; a part names a content item and shows it whole, known or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import model_validator

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load, nearest_name
from leakguard.models.languages import TRAITS
from leakguard.notices.vocabulary import LANGS, Lang, Vocabulary, Words

IF_STATED = "~"
"""Behind an item's name: show it when it is stated, and leave it out when it is not."""
_PARTS = ("heading", "paragraph", "section", "numbered", "fields", "rest")


class Part(Shape):
    """One part of a letter; exactly one of its kinds."""

    heading: Words | None = None
    """Left out when nothing stands below it."""
    paragraph: Words | None = None
    section: str | None = None
    """An item in running text; a list when it has several entries. `name~` shows it only when it is stated."""
    numbered: str | None = None
    """An item as a numbered list, even with one entry."""
    fields: tuple[str, ...] | None = None
    """Items as rows of a table."""
    rest: bool = False
    """All items of the duty that no other part shows."""
    when: Literal["late"] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Part:
        given = [name for name in _PARTS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(_PARTS)}")
        return self

    @property
    def items(self) -> tuple[str, ...]:
        """The items that this part shows, as written, with the `~` of those that may be left out."""
        one = self.section or self.numbered
        return self.fields or ((one,) if one else ())


class LetterTemplate(Shape):
    """The frame of one letter."""

    title: Words
    salutation: Words
    closing: Words
    number_headings: Literal["always", "custom"] = "custom"
    """Chinese documents number their headings by custom; English letters to people do not."""
    parts: tuple[Part, ...]

    def texts(self) -> Iterator[tuple[str, Words]]:
        """Every text with its place."""
        yield "title", self.title
        yield "salutation", self.salutation
        for index, part in enumerate(self.parts):
            for kind in ("heading", "paragraph"):
                words = getattr(part, kind)
                if words is not None:
                    yield f"parts[{index}].{kind}", words
        yield "closing", self.closing

    @property
    def languages(self) -> tuple[Lang, ...]:
        """The languages that the letter can be drafted in: those of every text."""
        return self.title.languages


def parse_template(text: str, *, name: str, vocabulary: Vocabulary) -> LetterTemplate:
    """Read a template; raises `BadFile` with all problems.

    Problems are also items that the vocabulary does not know, and texts that lack a language which another text has.
    """
    template = load(text, LetterTemplate, name=name)
    problems = (*_unknown_items(template, vocabulary), *_gaps(template))
    if problems:
        raise BadFile(name, problems)
    return template


def _unknown_items(template: LetterTemplate, vocabulary: Vocabulary) -> Iterator[Problem]:
    for index, part in enumerate(template.parts):
        for item in (one.removesuffix(IF_STATED) for one in part.items):
            if item not in vocabulary.items:
                near = nearest_name(item, list(vocabulary.items))
                yield Problem(where=f"parts[{index}]", text=f"unknown item `{item}`", nearest=near)


def _gaps(template: LetterTemplate) -> Iterator[Problem]:
    """A language is offered by the whole letter or not at all."""
    offered = {lang for _, words in template.texts() for lang in words.languages}
    for where, words in template.texts():
        for lang in LANGS:
            if lang in offered and lang not in words.languages:
                yield Problem(where=where, text=f"the text in {TRAITS[lang].name} (`{lang}`) is missing")
