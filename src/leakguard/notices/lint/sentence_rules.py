"""Rules about sentences that tell nothing: an empty value, a question to oneself, a bare invitation, a repetition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leakguard.frozen import Frozen
from leakguard.models.languages import STYLES
from leakguard.notices.lint.book import Finder
from leakguard.notices.lint.found import LintFinding, quote
from leakguard.notices.lint.passages import LintText, Passage, Section, is_running_text

FEWEST_WORDS = 4
"""Words, or signs where words have no spaces, from which on a text with a full stop is read as a sentence."""
FEWEST_SHARED = 7
"""Different words that two sentences must have before they can be the same one; shorter ones are alike by chance."""
FEWEST_PAIRS = 12
"""The same in pairs of signs, where words have no spaces."""
SHARED = 0.95
"""The part of the shorter sentence that stands in the other one too."""
MOST_COMPARED = 300
"""Sentences of one letter that are held against each other, and
signs of a sentence that are looked at; a longer letter is something else."""
_WAY = re.compile(r"@|https?://|www\.|\d[\d ()-]{6,}\d")
"""An address, a page, or a telephone number."""
_WORD = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"\d+(?:[.,:]\d+)*")
_NO_SENTENCE = re.compile(rf"[:：]|{_WAY.pattern}")
"""A label, or a way to reach somebody."""


def empty_value(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """None where a noun is needed: `Our parent company is none`."""
    yield from _formed(text, finder, finder.words.empty_forms)


def only_the_law(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A sentence that says no more than that the law demands the letter."""
    yield from _formed(text, finder, finder.words.law_forms)


def _formed(text: LintText, finder: Finder, forms: tuple[str, ...]) -> Iterator[LintFinding]:
    for passage, sentence in text.sentences():
        if passage.kind != "row" and finder.form(forms, sentence):
            yield LintFinding(where=passage.where, words=quote(sentence))


def self_answered(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A question with `Yes.` or `No.` behind it, in running text."""
    for passage in text.passages:
        found = finder.form(finder.words.answer_forms, passage.text)
        if found and passage.kind in {"paragraph", "step"}:
            yield LintFinding(where=passage.where, words=quote(passage.text))


def empty_invitation(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """Whoever is invited to ask is told nowhere in this part how."""
    for section in text.sections:
        if not any(_WAY.search(passage.whole) for passage in section.passages):
            yield from _invitations(section, finder)


def _invitations(section: Section, finder: Finder) -> Iterator[LintFinding]:
    for passage in section.passages:
        if finder.first(finder.words.invitations, passage.text):
            yield LintFinding(where=passage.where, words=quote(passage.text))


def fragment(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A text with a full stop and without a verb, between sentences; what stands behind a label is none."""
    words = finder.words
    for passage, sentence in text.sentences() if words.verbs else ():
        is_text = passage.kind == "paragraph" and is_running_text(sentence) and not _NO_SENTENCE.search(sentence)
        if is_text and _size(sentence, finder) >= FEWEST_WORDS and not _has_verb(sentence, finder):
            yield LintFinding(where=passage.where, words=quote(sentence))


def _size(sentence: str, finder: Finder) -> int:
    return len(sentence) if STYLES[finder.lang].is_wide else len(_WORD.findall(sentence))


def _has_verb(sentence: str, finder: Finder) -> bool:
    return bool(finder.first(finder.words.verbs, sentence) or finder.form(finder.words.verb_forms, sentence))


class _Sentence(Frozen):
    """A sentence as it is compared with others."""

    passage: Passage
    sentence: str
    parts: frozenset[str]
    numbers: frozenset[str]

    def is_in(self, other: _Sentence) -> bool:
        """Whether nearly all of it stands in the other sentence too, with the same numbers.

        The rows of a table answer like questions in like words.
        """
        if self.passage.kind == other.passage.kind == "row":
            return False
        shared = len(self.parts & other.parts)
        return self.numbers <= other.numbers and shared >= SHARED * len(self.parts)


def told_twice(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A sentence whose words nearly all stand in an earlier one, or the other way round; an address may be repeated."""
    before: list[_Sentence] = []
    for long_one in _long_ones(text, finder):
        first = next((sentence for sentence in before if long_one.is_in(sentence) or sentence.is_in(long_one)), None)
        if first is not None:
            note = finder.note("twice", first=first.passage.where, text=quote(long_one.sentence))
            yield LintFinding(where=long_one.passage.where, words=note)
        before.append(long_one)


def _long_ones(text: LintText, finder: Finder) -> Iterator[_Sentence]:
    is_wide = STYLES[finder.lang].is_wide
    least, count = FEWEST_PAIRS if is_wide else FEWEST_SHARED, 0
    for passage, sentence in text.sentences():
        passage_text = passage.text if passage.kind == "row" else sentence
        parts = _pairs(passage_text[:MOST_COMPARED]) if is_wide else _words(passage_text[:MOST_COMPARED])
        if len(parts) >= least and count < MOST_COMPARED and not _WAY.search(passage_text):
            count += 1
            yield _Sentence(
                passage=passage, sentence=passage_text, parts=parts,
                numbers=frozenset(_NUMBERS.findall(passage_text[:MOST_COMPARED])),
            )  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _pairs(text: str) -> frozenset[str]:
    signs = "".join(_WORD.findall(text.casefold()))
    return frozenset(signs[start : start + 2] for start in range(len(signs) - 1))
