"""How hard English is to read: the Flesch-Kincaid grade level, with a syllable counter that needs no dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_SIGNS = re.compile(r"[A-Za-z0-9.,]*[A-Za-z0-9]|[^\W_]")
_TITLES = re.compile("《[^》]*》")
_GROUPS = re.compile("[aeiouy]+")
_TWO_SOUNDS = re.compile(
    r"(?<![cst])ia|iu|(?<![cstgx])io(?=us)|io(?=[^nu])|eo(?!u|pl)|(?<![qg])u[ao](?=[^aeiouy])|"
    r"(?<=r)ea$|(?<=d)ea$|(?<=cr)ea(?=t(?!u))|oe(?=[mt])|(?<![ct])ie(?=n)|iet|iest$|ier$|[oyeu]ing$|yee"
)
"""Places where two vowels side by side are two sounds."""
_INNER_SILENT = re.compile(r"some(?=body|one|thing|times|where)|there(?=fore)|every|busine|sometime")
"""Words with an `e` that is not heard in their middle."""
_SILENT = re.compile(r"(?<![aeiouy])e(?=(?:s|d|ly|ty|ment|ments|ful|less|ness)?$)")
_SOUNDED_ED = re.compile(r"[td]ed$")
_SOUNDED_ES = re.compile(r"(?:[sxz]|ch|sh|[cg])es$")
_SOUNDED_LE = re.compile(r"[^aeiouylr]le(?:s|d)?$")
_GRADE = (0.39, 11.8, 15.59)
"""The weights of words per sentence and of syllables per word, and the constant (Kincaid and others 1975)."""


def reading_grade(sentences: Iterable[str]) -> float | None:
    """The grade of school that a reader needs; `None` when there are no words.

    0.39 x words per sentence + 11.8 x syllables per word - 15.59. Figures are no words.
    """
    counted = [words_in(sentence) for sentence in sentences]
    told = [words for words in counted if words]
    total = sum(len(words) for words in told)
    if not total:
        return None
    by_length, by_syllables, constant = _GRADE
    syllables = sum(syllables_in(word) for words in told for word in words)
    return round(by_length * total / len(told) + by_syllables * syllables / total - constant, 1)


def words_in(text: str) -> list[str]:
    """The words of a text in Latin letters."""
    return _WORD.findall(text)


def syllables_in(word: str) -> int:
    """How many syllables an English word has: groups of vowels, less silent ones, more where two of them sound."""
    return sum(_syllables(part) for part in re.split(r"['’-]", word.lower()) if part) or 1


def _syllables(word: str) -> int:
    if not re.search("[aeiouy]", word):
        return 1 if len(word) > 1 else 0
    counted = len(_GROUPS.findall(word)) + len(_TWO_SOUNDS.findall(word))
    return max(1, counted - len(_INNER_SILENT.findall(word)) - _is_silent(word))


def _is_silent(word: str) -> bool:
    """Whether an `e` near the end is not heard, as in `use`, `closed`, `names` and `safely`."""
    if _SOUNDED_ED.search(word) or _SOUNDED_ES.search(word) or _SOUNDED_LE.search(word):
        return False
    return _SILENT.search(word) is not None


def signs_in(text: str) -> int:
    """How many signs a text has without punctuation: a Latin word or a number is one, and a title in 《》 is none."""
    return len(_SIGNS.findall(_TITLES.sub("", text)))
