"""Plain text, for e-mail and for reading in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph

WIDTH = 76
"""Columns of a line: mail programs quote such text without breaking it again."""
_NO_LINE_START = frozenset("，。、；：？！）》」』,.;:?!)")
"""Signs that must not begin a line."""


class TextMaker:
    """Makes plain text."""

    def make(self, letter: Letter) -> bytes:
        """UTF-8, lines of at most 76 columns but for addresses that cannot be broken."""
        return ("\n".join(_lines(letter)).rstrip() + "\n").encode()


def _lines(letter: Letter) -> Iterator[str]:
    yield from _head(letter)
    if letter.traits.shows_addressee:
        for line in letter.addressee:
            yield from wrap(line)
        yield ""
    yield from (line for line in (letter.date_line, letter.reference) if line)
    yield ""
    title = list(wrap(letter.title))
    yield from title
    yield "=" * max(columns(line) for line in title)
    yield ""
    yield from wrap(letter.salutation)
    yield ""
    for block in letter.blocks:
        yield from _block(block)
        yield ""
    yield from wrap(letter.closing)
    yield ""
    for line in letter.signature:
        for part in wrap(line):
            yield part.rjust(len(part) + WIDTH - columns(part)) if letter.traits.signs_right else part
    yield ""
    yield "-" * WIDTH
    for line in (*letter.footer, letter.mark):
        yield from wrap(line)


def _head(letter: Letter) -> Iterator[str]:
    if letter.mark:
        yield from (*wrap(letter.mark), "")
    for line in letter.sender:
        yield from wrap(line)
    yield ""


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from wrap(block.text)
        yield "-" * min(WIDTH, columns(block.text))
    elif isinstance(block, Paragraph):
        yield from wrap(block.text)
    elif isinstance(block, Numbered):
        for number, entry in enumerate(block.entries, start=1):
            yield from wrap(entry, first=f"{number:>3}. ", other="     ")
    else:
        yield from _fields(block)


def _fields(block: Fields) -> Iterator[str]:
    """Each row as its label and, indented below it, its text."""
    for label, text in block.rows:
        yield from wrap(label)
        yield from wrap(text, first="    ", other="    ")


def columns(text: str) -> int:
    """How many columns a terminal gives to `text`: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wrap(text: str, *, first: str = "", other: str = "") -> Iterator[str]:
    """Break `text` between words, and between any two Chinese signs where the second may begin a line."""
    line, indent = first, first
    for piece in _pieces(text):
        if line != indent and columns(line) + columns(piece.rstrip()) > WIDTH and piece[0] not in _NO_LINE_START:
            yield line.rstrip()
            line, indent = other, other
            piece = piece.lstrip()  # noqa: PLW2901  (a line never begins with the space of the break)
        line += piece
    yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Words with the space behind them, and single wide signs."""
    word = ""
    for sign in text:
        if unicodedata.east_asian_width(sign) in "WF":
            if word:
                yield word
            word = ""
            yield sign
        else:
            word += sign
            if sign == " ":
                yield word
                word = ""
    if word:
        yield word
