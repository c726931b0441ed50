"""The cells of a recipient's row: what each may hold. A refusal names column and rule, never what stands there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from leakguard.frozen import Frozen
from leakguard.models.languages import lang_of_tag
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.notices.vocabulary import LANGS, Lang, Vocabulary

MOST_IN_TEXT = 200
"""Characters of a name or of one line of an address; the longest line that a window envelope shows has about 70."""
MOST_LINES = 8
"""Lines of an address; the Universal Postal Union's templates have at most seven."""
MOST_IN_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3: a path of 256 octets, less its angle brackets."""
MOST_CATEGORIES = 60
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
_LOCAL = r"[A-Za-z0-9!#$%&'*/?^_`{|}~](?:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,62}[A-Za-z0-9!#$%&'*+/=?^_`{|}~-])?"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_FORMULA = tuple("=+-@＝＋－＠")
"""A spreadsheet computes a cell that begins so, whoever opens the rows next."""
_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_JOINERS = frozenset("\u200c\u200d")
"""Some scripts join their letters with these; every other sign that shows nothing may turn what is read."""
_Read = TypeVar("_Read")


class UnusableCell(ValueError):
    """A cell that cannot be used; the text says why and never repeats the cell."""


class Cells(Frozen):
    """The cells of one row by column, and every problem that was met while they were read."""

    given: Mapping[str, str]
    problems: list[str]

    def read(self, column: str, parse: Callable[[str], _Read], default: _Read) -> _Read:
        """The cell as `parse` reads it; `default` when it is empty, and when it is refused, which is noted."""
        cell = self.given.get(column, "")
        if not cell.strip():
            return default
        try:
            return parse(cell)
        except ValueError as error:
            self.problems.append(f"{column}: {error}")
            return default

    def need(self, column: str, *, unless: bool, text: str) -> None:
        """Note that a cell is needed, unless it is there or was refused already."""
        if not unless and not any(problem.startswith(f"{column}:") for problem in self.problems):
            self.problems.append(f"{column}: {text}")


def parse_id(cell: str) -> str:
    """An opaque id; raises `UnusableCell` for other signs, `ValueError` for a number that is a person's own."""
    if not _ID.fullmatch(cell.strip()):
        raise UnusableCell(
            "must have 1 to 64 letters, digits, dots, colons, dashes or underscores, and begin with no sign"
        )
    refuse_personal_values(cell)
    return cell.strip()


def parse_text(cell: str, most: int = MOST_IN_TEXT) -> str:
    """A name or a line of an address on one line, safe to show and to open in a spreadsheet; raises `UnusableCell`."""
    if not cell.isprintable() and any(unicodedata.category(sign) == "Cc" for sign in cell):
        raise UnusableCell("holds a control character")
    text = " ".join(cell.split())
    if len(text) > most:
        raise UnusableCell(f"is longer than {most} characters")
    if not text.isprintable() and not all(sign.isprintable() or sign in _JOINERS for sign in text):
        raise UnusableCell("holds a sign that shows nothing or turns the direction of reading")
    if text.startswith(_FORMULA):
        raise UnusableCell("begins as a formula does")
    refuse_personal_values(text)
    return text


def parse_shown(cell: str, *, can_show: Callable[[str], bool]) -> str:
    """A text that the letter can show; raises `UnusableCell`."""
    text = parse_text(cell)
    if not can_show(text):
        raise UnusableCell(
            "has signs that the fonts of a PDF do not have; install fonts-noto-core, "
            "or write this letter with --as html or --as docx"
        )
    return text


def parse_address(cell: str, *, can_show: Callable[[str], bool]) -> tuple[str, ...]:
    """The lines of a postal address, which `|` separates; raises `UnusableCell`."""
    lines = tuple(parse_shown(line, can_show=can_show) for line in cell.split("|") if line.strip())
    if not lines or len(lines) > MOST_LINES:
        raise UnusableCell(f"must have 1 to {MOST_LINES} lines, separated by `|`")
    return lines


def parse_email(cell: str) -> str:
    """One bare e-mail address; raises `UnusableCell`, also for what could become a second header or address."""
    text = parse_text(cell, MOST_IN_EMAIL)
    if not _EMAIL.fullmatch(text) or ".." in text:
        raise UnusableCell("is no e-mail address")
    return text


def parse_lang(cell: str) -> Lang:
    """A language, also with its region, as in `pt-BR`; raises `UnusableCell`."""
    lang = lang_of_tag(cell)
    if lang is None:
        raise UnusableCell(f"is none of {', '.join(LANGS)}")
    return lang


def parse_place(cell: str, vocabulary: Vocabulary) -> str:
    """An ISO country or subdivision, by the code that the rules use for it; raises `UnusableCell`."""
    code = cell.strip().upper()
    if not vocabulary.is_place(code):
        raise UnusableCell("is no ISO code of a country or subdivision, such as DE or US-CA")
    return vocabulary.place(code)


def parse_data(cell: str, known: Collection[str]) -> tuple[str, ...]:
    """The kinds of data, which `;` separates, each once and sorted; raises `UnusableCell` for an unknown one."""
    names = [name.strip() for name in cell.split(";") if name.strip()]
    if not 0 < len(names) <= MOST_CATEGORIES:
        raise UnusableCell(f"must name 1 to {MOST_CATEGORIES} kinds of data, separated by `;`")
    unknown = [str(place) for place, name in enumerate(names, 1) if name not in known]
    if unknown:
        raise UnusableCell(f"entry {', '.join(unknown)} is no known kind of data")
    return tuple(sorted(set(names)))


def parse_answer(cell: str) -> bool:
    """`yes` or `no`; raises `UnusableCell`."""
    answer = _ANSWERS.get(cell.strip().lower())
    if answer is None:
        raise UnusableCell("must be yes or no")
    return answer
