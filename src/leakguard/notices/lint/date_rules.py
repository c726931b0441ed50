"""Days that are written in another way than the other days of the same letter, as texts of facts may be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from leakguard.notices.lint.book import Finder
from leakguard.notices.lint.found import LintFinding, Rule, quote
from leakguard.notices.lint.passages import LintText, Passage

_IN_DIGITS = (
    r"(?<![A-Za-z0-9_/.-])(?:19|20)\d{2}-\d{2}-\d{2}(?![A-Za-z0-9_/-]|\.\d)",
    r"(?<![A-Za-z0-9_/.-])(?:19|20)\d{2}[/.]\d{1,2}[/.]\d{1,2}(?![A-Za-z0-9_/-]|\.\d)",
    r"(?<![A-Za-z0-9_/.-])\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}(?![A-Za-z0-9_/-]|\.\d)",
)
"""`2026-11-14`, `2026/11/14` and `14.11.2026`; a letter of any language writes days in words."""
_Dated = tuple[Passage, int, str]
"""A passage, the form of a day in it, and that day."""


def mixed_dates(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A day in another form than most days of the letter."""
    yield from _other_than(None, text, finder)


def dates_unlike(own: Sequence[str]) -> Rule:
    """The rule for a letter in whose frame these lines stand: the day in them shows the form of the whole letter."""

    def rule(text: LintText, finder: Finder) -> Iterator[LintFinding]:
        forms = [form for line in own for form, _ in _days_in(line, finder)]
        yield from _other_than(forms[-1] if forms else None, text, finder)

    return rule


def _other_than(own: int | None, text: LintText, finder: Finder) -> Iterator[LintFinding]:
    found: list[_Dated] = [(passage, *day) for passage in text.passages for day in _days_in(passage.whole, finder)]
    forms = Counter(form for _, form, _ in found)
    usual = own if own is not None else max(forms, key=lambda form: forms[form], default=None)
    for passage, form, day in found:
        if form != usual:
            yield LintFinding(where=passage.where, words=finder.note("word", word=day, text=quote(passage.whole)))


def _days_in(text: str, finder: Finder) -> Iterator[tuple[int, str]]:
    """The days of a text, each with the number of its form."""
    for found in _pattern((*finder.words.date_forms, *_IN_DIGITS)).finditer(text):
        yield int(str(found.lastgroup)[1:]), found.group()


@lru_cache(maxsize=32)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<f{number}>{form})" for number, form in enumerate(forms)))
