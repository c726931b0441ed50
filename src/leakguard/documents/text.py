"""Plain text, for e-mail and for reading in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from leakguard.documents.typography import Side, shown_addressee, typography_of
from leakguard.documents.wrapping import WIDTH, columns, wrap
from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph

_WIDEST_LABEL = 26
"""Columns of a table's labels; a longer label goes on in the next line, so that the texts keep fifty columns."""

_Part = tuple[tuple[str, ...], Side]


class TextMaker:
    """Makes plain text."""

    def make(self, letter: Letter) -> bytes:
        """UTF-8, lines of at most 76 columns but for addresses that cannot be broken."""
        return ("\n".join(_lines(letter)).rstrip() + "\n").encode()


def _lines(letter: Letter) -> Iterator[str]:
    yield from _head(letter)
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
    yield from _aligned(letter.signature, typography_of(letter).signature_at)
    foot = tuple(line for line in (*letter.footer, letter.mark) if line)
    if foot:
        yield ""
        yield "-" * WIDTH
    for line in foot:
        yield from wrap(line)


def _head(letter: Letter) -> Iterator[str]:
    """Who writes, to whom, and when; a Japanese letter has its sender at the right."""
    at = typography_of(letter).sender_at
    mark: _Part = ((letter.mark,), "left")
    sender: _Part = (letter.sender, at)
    addressee: _Part = (shown_addressee(letter), "left")
    particulars: _Part = ((letter.date_line, letter.reference), at)
    parts = (mark, particulars, addressee, sender) if at == "right" else (mark, sender, addressee, particulars)
    for lines, side in parts:
        shown = tuple(line for line in lines if line)
        yield from _aligned(shown, side)
        yield from ("",) * bool(shown)


def _aligned(lines: tuple[str, ...], side: Side) -> Iterator[str]:
    for line in lines:
        for part in wrap(line):
            room = WIDTH - columns(part)
            yield " " * {"left": 0, "centre": room // 2, "right": room}[side] + part


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from wrap(block.text)
        yield "-" * min(WIDTH, columns(block.text))
    elif isinstance(block, Paragraph):
        yield from wrap(block.text)
    elif isinstance(block, Numbered) and len(block.entries) == 1:
        yield from wrap(block.entries[0])
    elif isinstance(block, Numbered):
        for number, entry in enumerate(block.entries, start=1):
            yield from wrap(entry, first=f"{number:>3}. ", other="     ")
    else:
        yield from _fields(block)


def _fields(block: Fields) -> Iterator[str]:
    """Two columns side by side, the labels as wide as they need within their limit.

    A text begins beside the last line of its label: read line by line, no label is broken by the text.
    """
    labels = [list(wrap(label, width=_WIDEST_LABEL)) for label, _ in block.rows]
    across = max(columns(line) for label in labels for line in label) + 2
    for label, (_, text) in zip(labels, block.rows, strict=True):
        *first, last = label
        yield from first
        for left, right in zip_longest((last,), wrap(text, width=WIDTH - across), fillvalue=""):
            yield f"{left}{' ' * (across - columns(left))}{right}".rstrip()
