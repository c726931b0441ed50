"""Lines of plain text: how wide a text is, and where it may be broken in each script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

WIDTH = 76
"""Columns of a line: mail programs quote such text without breaking it again (RFC 5322 recommends at most 78)."""
_NO_START = frozenset(
    "，。、；：？！）》」』】〕〉〗”’…‥·・％‰℃～ー々〻゛゜ゝゞヽヾ｡､｣,.;:?!)]}%"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
"""Signs that must not begin a line: JIS X 4051 and GB/T 15834 name them, and Latin full stops behind wide signs."""
_NO_END = frozenset("（《「『【〔〈〖“‘￥＄(［[{")
"""Signs that must not end a line."""
_UNITS = frozenset("年月日号時时点分秒人条个件元名项項歳岁円")
"""Signs that stay with the figure before them: a date is read in one piece."""


def columns(text: str) -> int:
    """How many columns a terminal gives to `text`: East Asian signs take two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=1 << 14)
def _columns(sign: str) -> int:
    if unicodedata.east_asian_width(sign) in "WF":
        return 2
    return 0 if unicodedata.combining(sign) else 1


def wrap(text: str, *, first: str = "", other: str = "", width: int = WIDTH) -> Iterator[str]:
    """Break `text` into lines of at most `width` columns; only a piece that may not be broken is wider.

    `first` stands before the first line and `other` before the others. A text without words gives one line.
    """
    line, indent, taken = first, first, columns(first)
    for piece in pieces(text):
        if line != indent and taken + columns(piece.rstrip()) > width:
            yield line.rstrip()
            line, indent, taken = other, other, columns(other)
        added = piece if line != indent else piece.lstrip(" ")
        line += added
        taken += columns(added)
    yield line.rstrip()


def pieces(text: str) -> Iterator[str]:
    """The parts between which a line may end: words with the space behind them, single Chinese and Japanese signs.

    Signs that must not begin or end a line stay with their neighbour. Korean is broken between words.
    """
    piece = ""
    for sign in text:
        if piece and _may_part(piece[-1], sign):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _may_part(last: str, sign: str) -> bool:
    if sign == " " or sign in _NO_START or last in _NO_END:
        return False
    if last.isdecimal() and sign in _UNITS:
        return False
    return last == " " or _stands_alone(last) or _stands_alone(sign)


@lru_cache(maxsize=1 << 14)
def _stands_alone(sign: str) -> bool:
    """A wide sign that is no syllable of a Korean word."""
    return unicodedata.east_asian_width(sign) in "WF" and not "\uac00" <= sign <= "\ud7af"
