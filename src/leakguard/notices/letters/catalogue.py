"""Catalogues: what letters say in one further language, by the English texts of their templates.

A heading that fifty templates share is translated once; where one English text needs two translations, a letter has
its own. A letter is offered in a language when the catalogue lists it, and then every text of it needs a translation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit
from leakguard.files.light_shapes import Field, LightShape
from leakguard.files.yaml_text import Path, ReadText, dotted, read_yaml
from leakguard.frozen import Frozen
from leakguard.models.languages import Lang
from leakguard.notices.letters.filling import ready
from leakguard.notices.letters.template import OF_SENTENCES, LetterTemplate, Part, Sentence
from leakguard.notices.vocabulary import Words

CATALOGUES = "languages/"
"""In this folder of the templates stand the catalogues, a file for each language."""
MOST_ENTRIES = 5_000
"""Texts of one catalogue; the longest that ships has some hundred."""
_REMEMBERED = 16
_SOURCE = "en"
_OF_LAW = frozenset({"law", "foreign_law"})
"""A language that has no name for a law cannot put it into a sentence, and asks for it by the second name."""
_OF_TIME = OF_SENTENCES - {"day", "reason"}
"""Names of one item: which of them stands in a sentence is a matter of prepositions and capitals."""
_IN_THE_HEAD = frozenset({"org_identity"})
"""What a translation may leave out: the head and the signature say who writes, and German wants an article with it."""


class _CatalogueFile(LightShape):
    """`templates/languages/<code>.yaml`."""

    letters: tuple[str, ...] = ()
    """Templates by their names; each of their texts has a translation."""
    texts: tuple[dict[str, str], ...] = Field(default=(), max_length=MOST_ENTRIES)
    """Pairs of an English text and its translation, under the codes of the two languages."""
    by_letter: dict[str, tuple[dict[str, str], ...]] = Field(default_factory=dict)
    """What single letters say otherwise than `texts`."""


class Catalogue(Frozen):
    """The translations of one language; see `words_for`."""

    lang: Lang
    letters: tuple[str, ...]
    texts: Mapping[str, str]
    by_letter: Mapping[str, Mapping[str, str]]

    def text_for(self, letter: str, english: str) -> str | None:
        """The translation of an English text in a letter; `None` where there is none."""
        key = _key(english)
        own = self.by_letter.get(letter, {}).get(key)
        return self.texts.get(key) if own is None else own

    def missing(self, letter: str, template: LetterTemplate) -> tuple[str, ...]:
        """The English texts of a template that have no translation, each once, with single spaces."""
        texts = dict.fromkeys(words.en for _, words, _ in template.texts())
        return tuple(_key(text) for text in texts if self.text_for(letter, text) is None)

    def written(self, letter: str, template: LetterTemplate) -> LetterTemplate:
        """The template with this language beside the others; raises `ValueError` for a text without a translation."""

        def also(words: Words) -> Words:
            text = self.text_for(letter, words.en)
            if text is None:
                raise ValueError(f"no translation of: {_key(words.en)}")
            return words.also(self.lang, text)

        frame = {name: also(getattr(template, name)) for name in ("title", "salutation", "closing")}
        parts = tuple(_part(part, also) for part in template.parts)
        return template.model_copy(update={**frame, "parts": parts})


def _part(part: Part, also: Callable[[Words], Words]) -> Part:
    frame = {name: also(words) for name in ("heading", "paragraph") if (words := getattr(part, name)) is not None}
    sentences = part.sentences and tuple(_sentence(sentence, also) for sentence in part.sentences)
    return part.model_copy(update={**frame, "sentences": sentences})


def _sentence(sentence: Sentence, also: Callable[[Words], Words]) -> Sentence:
    return sentence.model_copy(update={name: also(words) for name, words in sentence.texts()})


def _key(english: str) -> str:
    """Line breaks of a file are no part of a text."""
    return " ".join(english.split())


@lru_cache(maxsize=_REMEMBERED)
def parse_catalogue(text: str, *, lang: Lang, name: str) -> Catalogue:
    """Read a catalogue; raises `BadFile` with all problems. The same text is read once, for a merge asks often.

    Problems are also entries with other languages, empty texts, and an English text that stands twice.
    """
    read = read_yaml(text, name=name)
    found = fit(read, _CatalogueFile, name=name)
    lists: dict[Path, tuple[dict[str, str], ...]] = {("texts",): found.texts}
    lists |= {("by_letter", letter): entries for letter, entries in found.by_letter.items()}
    problems = tuple(problem for place, entries in lists.items() for problem in _problems(place, entries, lang, read))
    if problems:
        raise BadFile(name, problems)
    return Catalogue(
        lang=lang,
        letters=found.letters,
        texts=_by_english(found.texts, lang),
        by_letter={letter: _by_english(entries, lang) for letter, entries in found.by_letter.items()},
    )


def _by_english(entries: tuple[dict[str, str], ...], lang: Lang) -> dict[str, str]:
    return {_key(entry[_SOURCE]): entry[lang] for entry in entries}


def _problems(place: Path, entries: tuple[dict[str, str], ...], lang: Lang, read: ReadText) -> Iterator[Problem]:
    count = Counter(_key(entry.get(_SOURCE, "")) for entry in entries)
    for index, entry in enumerate(entries):
        where: Path = (*place, index)
        if entry.keys() != {_SOURCE, lang}:
            yield Problem(where=dotted(where), text=f"needs exactly `{_SOURCE}` and `{lang}`", line=read.line_of(where))
        elif not all(text.strip() for text in entry.values()):
            yield Problem(where=dotted(where), text="must not be empty", line=read.line_of(where))
        elif count[_key(entry[_SOURCE])] > 1:
            yield Problem(where=dotted(where), text="this English text stands here twice", line=read.line_of(where))


def gaps(catalogue: Catalogue, templates: Mapping[str, LetterTemplate]) -> Iterator[Problem]:
    """What is wrong with a catalogue beside the templates that ship, by their names.

    Letters without a template, texts without a translation, translations of texts that no listed letter has, and
    translations that name other facts than the English text does or do what no text may.
    """
    used: dict[str, set[str]] = {}
    for letter in catalogue.letters:
        if letter not in templates:
            yield Problem(where="letters", text=f"there is no template `{letter}`")
            continue
        for english in catalogue.missing(letter, templates[letter]):
            yield Problem(where=letter, text=f"missing translation into `{catalogue.lang}` of: {english}")
        used[letter] = {_key(words.en) for _, words, _ in templates[letter].texts()}
    shared = {text for letter, texts in used.items() for text in texts - catalogue.by_letter.get(letter, {}).keys()}
    yield from _left_over("texts", catalogue.texts, shared)
    yield from _other_names("texts", catalogue.texts)
    for letter, texts in catalogue.by_letter.items():
        yield from _left_over(f"by_letter.{letter}", texts, used.get(letter, set()))
        yield from _other_names(f"by_letter.{letter}", texts)


def _left_over(where: str, texts: Mapping[str, str], used: set[str]) -> Iterator[Problem]:
    for english in texts:
        if english not in used:
            yield Problem(where=where, text=f"no letter that is listed has this English text: {english}")


def _other_names(where: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    for english, text in texts.items():
        found = ready(text)
        for problem in found.problems:
            yield Problem(where=where, text=f"{problem}: {text}")
        wanted, has = _meant(ready(english).names), _meant(found.names)
        other = (wanted ^ has) - (wanted & _IN_THE_HEAD)
        if other and not found.problems:
            names = ", ".join(sorted(other))
            yield Problem(where=where, text=f"names other facts than the English text ({names}): {english}")


def _meant(names: tuple[str, ...]) -> frozenset[str]:
    """The facts that a text names, whatever form each has."""
    return frozenset("law" if name in _OF_LAW else "it" if name in _OF_TIME else name for name in names)
