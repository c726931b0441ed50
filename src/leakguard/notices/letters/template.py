"""Letter templates: English and Chinese side by side in one file; see `catalogue` for what further languages say.

A template of an organisation may have further languages side by side.

A text may name facts as `{{ breach_date }}`; a part names a content item and shows it whole, known or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, fit, nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted, read_yaml
from leakguard.models.languages import STYLES
from leakguard.notices.letters.filling import ALWAYS_KNOWN, ready
from leakguard.notices.vocabulary import LANGS, Lang, Vocabulary, Words

IF_STATED = "~"
"""Behind an item's name: show it when it is stated, and leave it out when it is not."""
OF_SENTENCES = frozenset({"it", "on", "day", "answer", "reason"})
"""Names that the texts of a sentence may use beside those of all texts; see `Sentence`."""
MOST_PARTS = 500
"""Parts of one letter, and items of one part; the longest that ships has some forty."""
_PARTS = ("heading", "paragraph", "sentences", "section", "numbered", "fields", "effects", "places", "filed", "rest")


class Sentence(Shape):
    """One item in a sentence of its own: one for when it is known, one for when it is not.

    `it` is the item in words, `answer` the same with a capital, to stand behind a question; for a time, `on` is the
    time with its preposition and `day` the same without the hour.
    `reason` is why it is not known.
    """

    tell: str
    """The item, as a section names it."""
    known: Words
    unknown: Words | None = None
    """Without it, the item's label and its reason stand there."""
    affirmed: Words | None = None
    """In the place of `known` where the fact is a plain yes."""
    denied: Words | None = None
    """The same where it is a plain no, none or not applicable: a sentence that needs a noun can hold none of these."""

    stands_alone: bool = False
    """Whether a fact that is written in whole sentences stands there by itself, without the words of `known`."""

    drop_denied: bool = False
    """Whether the item falls out instead: a law that wants a name if there is one asks nothing where there is none."""

    def texts(self) -> Iterator[tuple[str, Words]]:
        """Every text of it, by the name of its field."""
        for name in ("known", "unknown", "affirmed", "denied"):
            words = getattr(self, name)
            if words is not None:
                yield name, words


class Part(Shape):
    """One part of a letter; exactly one of its kinds."""

    heading: Words | None = None
    """Left out when nothing stands below it."""
    paragraph: Words | None = None
    sentences: tuple[Sentence, ...] | None = Field(default=None, max_length=MOST_PARTS)
    """Items in sentences, one paragraph; an item that need not be told falls out."""
    section: str | None = None
    """An item in running text; a list when it has several entries. `name~` shows it only when it is stated."""
    numbered: str | None = None
    """An item as a numbered list, even with one entry."""
    fields: tuple[str, ...] | None = Field(default=None, max_length=MOST_PARTS)
    """Items as rows of a table."""
    effects: bool | Literal["in_sentences"] = False
    """What happened to the data, as rows of a table; in letters to authorities alone, which always tell it.

    `in_sentences` keeps the table for what is not known: it would repeat the words above it.
    """
    places: bool = False
    """The people affected by place, in the same way."""
    filed: bool = False
    """Whom the organisation told of the incident and when, as rows of a table: each filing that was recorded."""
    rest: bool = False
    """All items of the duty that no other part shows."""
    when: Literal["late", "not_last", "last"] | None = None
    """`late` is for a notice after its limit, or, where its clock does not run yet or the duty asks for it, for one
    whose reason for a delay is stated: "at once" and "promptly" set no length of time that ended;
    `last` is for the last of several stages, which sums up, and `not_last` for every other letter.
    """
    unless: str | None = None
    """Another item for the same, which another part tells: it comes first, and one of the two parts is left out."""

    @model_validator(mode="after")
    def _one_kind(self) -> Part:
        given = [name for name in _PARTS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(_PARTS)}")
        return self

    @property
    def items(self) -> tuple[str, ...]:
        """The items that this part shows, as written, with the `~` of those that may be left out."""
        heading = self.section or self.numbered
        items = tuple(sentence.tell for sentence in self.sentences or ())
        return self.fields or items or ((heading,) if heading else ())

    @property
    def only_item(self) -> str:
        """The item that it shows, where it shows one alone."""
        return self.items[0].removesuffix(IF_STATED) if len(self.items) == 1 else ""

    def texts(self) -> Iterator[tuple[Path, Words, frozenset[str]]]:
        """The texts of this part: where each stands, its words, and the names that it alone may use."""
        for name in ("heading", "paragraph"):
            words = getattr(self, name)
            if words is not None:
                yield (name,), words, frozenset()
        for index, sentence in enumerate(self.sentences or ()):
            for name, words in sentence.texts():
                yield ("sentences", index, name), words, OF_SENTENCES


class LetterTemplate(Shape):
    """The frame of one letter."""

    title: Words
    salutation: Words
    closing: Words
    number_headings: Literal["always", "custom"] = "custom"
    """Chinese documents number their headings by custom; English letters to people do not."""
    parts: tuple[Part, ...] = Field(max_length=MOST_PARTS)

    def texts(self) -> Iterator[tuple[Path, Words, frozenset[str]]]:
        """Every text: where it stands, its words, and the names that it alone may use."""
        for name in ("title", "salutation", "closing"):
            yield (name,), getattr(self, name), frozenset()
        for index, part in enumerate(self.parts):
            for path, words, own in part.texts():
                yield ("parts", index, *path), words, own

    def names_in(self, lang: Lang) -> frozenset[str]:
        """The names that its texts of one language use."""
        return frozenset(name for _, words, _ in self.texts() for name in ready(words.of(lang)).names)

    @property
    def languages(self) -> tuple[Lang, ...]:
        """The languages that the file has itself; catalogues may have more."""
        return self.title.languages


def parse_template(text: str, *, name: str, vocabulary: Vocabulary) -> LetterTemplate:
    """Read a template; raises `BadFile` with all problems.

    Problems are also unknown items and names, texts that do more than they may, and texts that lack a language which
    another text has.
    """
    read = read_yaml(text, name=name)
    template = fit(read, LetterTemplate, name=name)
    problems = (
        *_unknown_items(template, read, vocabulary),
        *_bad_texts(template, read, vocabulary),
        *_gaps(template, read),
    )
    if problems:
        raise BadFile(name, problems)
    return template


def _unknown_items(template: LetterTemplate, read: ReadText, vocabulary: Vocabulary) -> Iterator[Problem]:
    for index, part in enumerate(template.parts):
        for item in (item.removesuffix(IF_STATED) for item in (*part.items, *((part.unless,) if part.unless else ()))):
            if item not in vocabulary.content_items:
                where: Path = ("parts", index)
                near = nearest_name(item[:60], list(vocabulary.content_items))
                yield Problem(
                    where=dotted(where), text=f"unknown item `{item[:60]}`", line=read.line_of(where), nearest=near
                )


def _bad_texts(template: LetterTemplate, read: ReadText, vocabulary: Vocabulary) -> Iterator[Problem]:
    known = vocabulary.facts.keys() | ALWAYS_KNOWN
    for path, words, own in template.texts():
        for lang in words.languages:
            found = ready(words.of(lang))
            where = (*path, lang)
            for problem in found.problems:
                yield Problem(where=dotted(where), text=problem, line=read.line_of(where))
            for name in found.names:
                if name not in known | own:
                    near = nearest_name(name[:60], list(known | own))
                    line = read.line_of(where)
                    yield Problem(where=dotted(where), text=f"unknown name `{name[:60]}`", line=line, nearest=near)


def _gaps(template: LetterTemplate, read: ReadText) -> Iterator[Problem]:
    """A language is offered by the whole letter or not at all."""
    offered = {lang for _, words, _ in template.texts() for lang in words.languages}
    for path, words, _ in template.texts():
        for lang in LANGS:
            if lang in offered and lang not in words.languages:
                text = f"the text in {STYLES[lang].name} (`{lang}`) is missing"
                yield Problem(where=dotted(path), text=text, line=read.line_of(path))
