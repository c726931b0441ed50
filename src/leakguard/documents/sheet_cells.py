"""Texts in cells: a spreadsheet must show what somebody wrote, and never compute it."""

from __future__ import annotations

import unicodedata

_UNSAFE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode classes that end a line, move a cursor or show nothing."""
_FORMAT = "Cf"
"""Signs that show nothing or turn the reading direction, such as the soft hyphen of a text that was copied."""
_NON_JOINER = "\u200c"
"""Parts two halves of a word, in Persian for one."""


def clean(text: str) -> str:
    """`text` with a space for each sign that ends a line or moves a cursor, and none of those that show nothing."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_cleaned, text))


def _cleaned(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == _FORMAT and sign != _NON_JOINER:
        return ""
    return " " if kind in _UNSAFE or kind == _FORMAT else sign
