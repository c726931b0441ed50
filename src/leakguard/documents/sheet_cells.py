"""Texts in cells: a spreadsheet must show what somebody wrote, and never compute it."""

from __future__ import annotations

import unicodedata

_FORMULA = frozenset("=+-@|%")
"""With these a spreadsheet may begin to compute or to call a program (OWASP, CSV Injection; `|` and `%` for DDE)."""
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode classes that end a line, turn the reading direction or show nothing."""


def clean(text: str) -> str:
    """`text` with a space for each sign that ends a line, moves a cursor or shows nothing."""
    return "".join(" " if unicodedata.category(sign) in _UNSAFE else sign for sign in text)


def may_compute(text: str) -> bool:
    """Whether a spreadsheet could take `text` for a formula; full-width signs count, and space before them does not."""
    return unicodedata.normalize("NFKC", text).lstrip()[:1] in _FORMULA
