"""One problem of a letter, before its rule says more about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from leakguard.frozen import Frozen
from leakguard.notices.letters.personal_values import masked
from leakguard.notices.lint.book import Finder
from leakguard.notices.lint.passages import LintText

LONGEST_QUOTE = 80
"""Signs of a quotation: enough to find the place."""


class LintFinding(Frozen):
    """Where something is wrong, in whose words."""

    where: str
    words: str = ""
    """Quoted from the letter, shortened."""
    instead: str = ""
    """What to write, where it is more special than the rule's own advice."""


Rule = Callable[[LintText, Finder], Iterator[LintFinding]]


def quote(text: str) -> str:
    """The beginning of a text, with marks in the place of personal values."""
    text = masked(text)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1].rstrip()}…"
