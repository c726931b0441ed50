"""Texts: what one that a host wrote may be used for, how it is shown, and the words for a number and for a length."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TypeGuard

_FORMULA = frozenset("=+-@|%")
"""With these a spreadsheet may begin to compute or to call a program (OWASP, CSV Injection; `|` and `%` for DDE)."""

FROM_MEMORY = "from memory"
"""Stands beside a deadline that nobody read in a source."""


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is a text that can be said in UTF-8; half of a surrogate pair, as JSON may hold it, cannot."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(text: str, longest: int) -> str:
    """At most `longest` letters of a text, with a mark in place of whatever moves a cursor or cannot be seen."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:longest])


def counted(number: int, singular: str, several: str = "") -> str:
    """`1 incident`, `2 incidents`, `9,500 indices`."""
    return f"{number:,} {singular if number == 1 else several or f'{singular}s'}"


def duration_words(length: timedelta) -> str:
    """`2 d 3 h`, `59 min`: the two largest units, rounded down."""
    left = int(length.total_seconds())
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def may_compute(text: str) -> bool:
    """Whether a spreadsheet could take `text` for a formula; full-width signs count, and space before them does not."""
    return unicodedata.normalize("NFKC", text).lstrip()[:1] in _FORMULA
