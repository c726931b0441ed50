"""The end of a letter that stays on one page with the closing words, for formats that others lay out."""

from __future__ import annotations

from math import ceil

from leakguard.documents.page_fit import LEAST_LINES
from leakguard.documents.wrapping import columns
from leakguard.models.letters import Block, Fields, Letter, Numbered

_COLUMNS, _COLUMNS_BESIDE_LABEL = 92, 60
"""Of a line, and of one beside the label of a table: about, as nobody knows the reader's fonts."""
_MOST = 16
"""Lines that may stay together: with more, half of the page before would be empty."""


def tail_of(letter: Letter) -> int:
    """How many of the last blocks stay with the closing words: as many as make five lines, unless they are long."""
    count = total = 0
    for block in reversed(letter.blocks):
        count, total = count + 1, total + _lines(block)
        if total >= LEAST_LINES:
            break
    return count if total <= _MOST else count - 1


def _lines(block: Block) -> int:
    if isinstance(block, Fields):
        return sum(_wrapped(text, _COLUMNS_BESIDE_LABEL) for _, text in block.rows)
    texts = block.entries if isinstance(block, Numbered) else (block.text,)
    return sum(_wrapped(text, _COLUMNS) for text in texts)


def _wrapped(text: str, width: int) -> int:
    return max(1, ceil(columns(text) / width))
