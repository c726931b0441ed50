"""Texts in cells: a spreadsheet must show what somebody wrote, and never compute it."""

from __future__ import annotations

import unicodedata

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode classes that end a line, turn the reading direction or show nothing."""


def clean(text: str) -> str:
    """`text` with a space for each sign that ends a line, moves a cursor or shows nothing."""
    return "".join(" " if unicodedata.category(sign) in _UNSAFE else sign for sign in text)
