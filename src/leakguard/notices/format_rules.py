"""Rules about the form of a notice, as a duty's data states them: checked in the facts and in the letter itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.files.light_shapes import LightShape, model_validator
from leakguard.notices.expressions import Expression

if TYPE_CHECKING:
    from leakguard.notices.letters.text import LetterText

_TOLL_FREE = re.compile(r"(?<!\d)8(?:00|33|44|55|66|77|88)[ .)-]{1,2}[0-9A-Z]{3}[ .-]?[0-9A-Z]{4}(?![0-9])")
"""The toll-free prefixes of the North American Numbering Plan; letters may stand for digits."""
_SPAN = re.compile(r"\b(\d{1,3}|one|two|three|twelve|eighteen|twenty-four)[ -](month|year)s?\b", re.IGNORECASE)
_WORDS = {"one": 1, "two": 2, "three": 3, "twelve": 12, "eighteen": 18, "twenty-four": 24}
_MONTHS = {"month": 1, "year": 12}


class FormatRule(LightShape):
    """One rule in words, and what of it can be checked; a rule in words alone is for a person."""

    text: str
    title: str = ""
    """The title, word for word."""
    headings: tuple[str, ...] = ()
    """These headings, word for word and in this order."""
    least_points: float | None = None
    """No type smaller than this."""
    item: str = ""
    """The content item that `toll_free` and `least_months` speak of; they hold where the duty asks for it."""
    toll_free: bool = False
    """A toll-free telephone number stands in it."""
    least_months: int | None = None
    """It names a time of at least so many months."""
    least_days: int | None = None
    """It lies at least so many days after the item `since`."""
    since: str = ""
    when: Expression | None = None
    """The rule holds under this condition only."""

    @model_validator(mode="after")
    def _days_have_a_start(self) -> FormatRule:
        if self.least_days is not None and not (self.item and self.since):
            raise ValueError("least_days needs the items `item` and `since`")
        return self

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        """A rule for a person may be written as plain text."""
        return {"text": value} if isinstance(value, str) else value


def item_problems(rules: Sequence[FormatRule], item: str, text: str) -> Iterator[str]:
    """What the text of one content item lacks."""
    for rule in rules:
        if rule.item == item:
            yield from (f"{item}: {problem}" for problem in _lacks(rule, text))


def _lacks(rule: FormatRule, text: str) -> Iterator[str]:
    if rule.toll_free and not _TOLL_FREE.search(text):
        yield "needs a toll-free telephone number"
    if rule.least_months is not None and longest_months(text) < rule.least_months:
        yield f"needs at least {rule.least_months} months, in figures"


def longest_months(text: str) -> int:
    """The longest time in months that a text names; 0 when it names none."""
    spans = ((found[1].lower(), found[2].lower()) for found in _SPAN.finditer(text))
    return max((_WORDS.get(number) or int(number)) * _MONTHS[unit] for number, unit in (*spans, ("0", "month")))


def letter_problems(rules: Sequence[FormatRule], letter: LetterText) -> Iterator[str]:
    """What is wrong with the form of a letter: title, headings, size of the type."""
    for rule in rules:
        if rule.title and rule.title not in letter.lines:
            yield f"the title `{rule.title}` is not in a line of its own, word for word"
        yield from _heading_problems(rule.headings, letter.lines)
        small = letter.smallest_points
        if rule.least_points is not None and small is not None and small < rule.least_points:
            yield f"has type of {small:g} points; at least {rule.least_points:g} are needed"


def _heading_problems(headings: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    behind = -1
    for heading in headings:
        if heading not in lines:
            yield f"the heading `{heading}` is not in a line of its own, word for word"
        elif (place := lines.index(heading)) < behind:
            yield f"the heading `{heading}` is out of order"
        else:
            behind = place
