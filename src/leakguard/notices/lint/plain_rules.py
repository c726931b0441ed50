"""Rules about the form of the language: length, grade, capitals, punctuation, address, values of persons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from leakguard.models.languages import STYLES
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.notices.lint.book import Finder, Limit
from leakguard.notices.lint.found import LintFinding, quote
from leakguard.notices.lint.passages import LintText, is_running_text

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
    not_empty = [words for words in counted if words]
    total = sum(len(words) for words in not_empty)
    if not total:
        return None
    by_length, by_syllables, constant = _GRADE
    syllables = sum(syllables_in(word) for words in not_empty for word in words)
    return round(by_length * total / len(not_empty) + by_syllables * syllables / total - constant, 1)


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


_CAPITALS = re.compile(r"\b[A-ZÀ-Þ]{2,}(?:[ ,'’&-]+[A-ZÀ-Þ]{2,}){2,}\b")
"""Three words in capitals; two may be the names of a law and a place."""
_HALF_WIDTH = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff][,;:?!][\s]?(?=[\u3040-\u30ff\u4e00-\u9fff])")
_CLAUSE = re.compile("[，、：；,:;]")
_COLON = re.compile(r"(: |：)")
_ENTRIES = re.compile("[,;，；、]")
_NOT_SPACED = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
FEWEST_SENTENCES = 3
"""The formula was made for running text of some length; of one short sentence it says nothing."""


def reading_grade_of(text: LintText, finder: Finder) -> float | None:
    """The grade of the running text; `None` for a language without a formula, or for too little text."""
    if finder.words.grade is None:
        return None
    sentences = [
        sentence for passage, sentence in text.sentences() if passage.kind != "row" and is_running_text(sentence)
    ]
    return reading_grade(sentences) if len(sentences) >= FEWEST_SENTENCES else None


def reading_grade_rule(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """The whole letter is too hard; the longest sentence is named, for it is the first to mend."""
    grade = reading_grade_of(text, finder)
    if grade is not None and finder.words.grade is not None and grade > finder.words.grade:
        longest = max((one for _, one in text.sentences() if is_running_text(one)), key=lambda one: len(words_in(one)))
        yield LintFinding(where="the letter", words=finder.note("grade", grade=f"{grade:g}", text=quote(longest)))


def long_sentence(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A sentence of more words or signs than the language's limit."""
    for passage, sentence in text.sentences():
        if passage.kind != "row" and _is_over(sentence, finder.words.sentence):
            yield _too_long(passage.where, sentence, finder.words.sentence, finder)


def long_clause(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """Too many signs between two commas."""
    limit = finder.words.clause
    for passage, sentence in text.sentences() if limit else ():
        for clause in _CLAUSE.split(sentence) if limit else ():
            if limit and passage.kind != "row" and _is_over(clause, limit):
                yield _too_long(passage.where, clause, limit, finder)


def long_paragraph(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A paragraph of more words or signs than the language's limit."""
    limit = finder.words.paragraph
    for passage in text.passages:
        if passage.kind in {"paragraph", "step"} and _is_over(passage.text, limit):
            yield _too_long(passage.where, passage.text, limit, finder)


def _measure(text: str, limit: Limit) -> int:
    """Words or signs; a list behind a colon is read entry by entry, so that its longest entry counts."""
    count = signs_in if limit.unit == "signs" else _count_words
    lead, colon, entries = _COLON.split(text, maxsplit=1) if _COLON.search(text) else (text, "", "")
    longest = max((count(entry) for entry in _ENTRIES.split(entries)), default=0) if colon else 0
    return count(lead) + longest


def _count_words(text: str) -> int:
    return len(_NOT_SPACED.findall(text))


def _is_over(text: str, limit: Limit) -> bool:
    return _measure(text, limit) > limit.most


def _too_long(where: str, text: str, limit: Limit, finder: Finder) -> LintFinding:
    size = finder.note("size", count=_measure(text, limit), unit=limit.unit, most=limit.most)
    return LintFinding(where=where, words=finder.note("word", word=size, text=quote(text)))


def all_capitals(text: LintText, finder: Finder) -> Iterator[LintFinding]:  # noqa: ARG001  (rules share one shape)
    """Three words or more in capitals, also in headings."""
    for passage in text.passages:
        for found in _CAPITALS.finditer(passage.whole):
            yield LintFinding(where=passage.where, words=quote(found.group()))


def halfwidth_sign(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A Latin comma or the like between two Chinese or Japanese signs."""
    if not STYLES[finder.lang].is_wide:
        return
    for passage in text.passages:
        for found in _HALF_WIDTH.finditer(passage.whole):
            around = passage.whole[max(0, found.start() - 5) : found.end() + 6]
            full = "，；：？！"[",;:?!".index(found.group()[1])]
            yield LintFinding(
                where=passage.where, words=around, instead=finder.note("full_width", full=full, half=found.group()[1])
            )


def mixed_you(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """Two words of address in one letter; the rarer one is named."""
    every = "\n".join(passage.whole for passage in text.passages)
    counted = {word: every.count(word) for word in finder.words.you if word in every}
    if len(counted) > 1:
        rare = min(counted, key=lambda word: counted[word])
        for passage in text.passages:
            if rare in passage.whole:
                yield LintFinding(where=passage.where, words=finder.note("word", word=rare, text=quote(passage.whole)))


def addresses_reader(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A letter to an authority or a company that speaks to the people affected; one finding a passage."""
    words = finder.words
    for passage in text.passages:
        found = finder.first(words.addresses, finder.without(words.addresses_office, passage.whole))
        if found:
            yield LintFinding(where=passage.where, words=finder.note("word", word=found, text=quote(passage.whole)))


def personal_value(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A number of a document or a card; it is never repeated here."""
    for passage in text.passages:
        try:
            refuse_personal_values(passage.whole)
        except ValueError as error:
            note = finder.note("personal_value", text=str(error).partition(";")[0])
            yield LintFinding(where=passage.where, words=note)
