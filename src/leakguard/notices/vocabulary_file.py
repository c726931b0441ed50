"""Reads the vocabulary with the words of all languages, and names what a language lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import load
from leakguard.models.languages import Lang, field_of
from leakguard.notices.language_file import LanguageWords, load_words
from leakguard.notices.vocabulary import Vocabulary
from leakguard.notices.words import Unit, Words


def parse_vocabulary(text: str, *, name: str, languages: Mapping[Lang, str] | None = None) -> Vocabulary:
    """Read the vocabulary, and the words of further languages by the texts of their files.

    Raises `BadFile` with all problems of one file.
    """
    vocabulary = load(text, Vocabulary, name=name)
    places = [code for codes in vocabulary.regions.values() for code in codes]
    unknown = [code for code in places if not vocabulary.is_place(code)]
    twice = sorted(
        (vocabulary.content_items.keys() & vocabulary.decisions.keys())
        | (vocabulary.items.keys() & vocabulary.practice.keys())
    )
    problems = [Problem(where="regions", text=f"`{code}` is not a country") for code in unknown]
    problems += [Problem(where=key, text="stands twice among items, practice and decisions") for key in twice]
    if problems:
        raise BadFile(name, tuple(problems))
    return _with_languages(vocabulary, languages or {})


def _with_languages(vocabulary: Vocabulary, languages: Mapping[Lang, str]) -> Vocabulary:
    """Each part with the words of all languages; `facts` is drawn from `items` anew."""
    known = {part: getattr(vocabulary, part) for part in LanguageWords.PARTS}
    beside: dict[str, dict[Lang, dict[str, str]]] = {
        part: dict(getattr(vocabulary, part)) for part in LanguageWords.BESIDE
    }
    for lang, text in languages.items():
        words = load_words(text, known, name=file_of(lang))
        known = {part: dict(_joined(known[part], getattr(words, part), lang)) for part in known}
        for part, by_lang in beside.items():
            by_lang[lang] = getattr(words, part)
    return vocabulary.model_copy(update={**known, **beside})


def file_of(lang: Lang) -> str:
    """Where the words of a further language stand."""
    return f"duties/languages/{lang}.yaml"


def gaps_of(vocabulary: Vocabulary, lang: Lang) -> tuple[Problem, ...]:
    """Every word that a language lacks."""
    return tuple(
        Problem(where=f"{part}.{key}", text="this word is missing")
        for part in LanguageWords.PARTS
        for key, words in getattr(vocabulary, part).items()
        if getattr(words, field_of(lang)) is None
    )


def refuse_gaps(vocabulary: Vocabulary, lang: Lang) -> None:
    """Raise `BadFile` with every word that a language lacks, so that no letter mixes in English ones."""
    gaps = gaps_of(vocabulary, lang)
    if gaps:
        raise BadFile(file_of(lang), gaps)


_Written = TypeVar("_Written", Words, Unit)


def _joined(known: Mapping[str, _Written], words: Mapping[str, Any], lang: Lang) -> Iterator[tuple[str, _Written]]:
    for key, value in known.items():
        yield key, value.model_copy(update={field_of(lang): words.get(key)})
