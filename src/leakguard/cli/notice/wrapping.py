"""How the lines of letters and duties are wrapped for a person, at 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from leakguard.outputs.words import printable

WIDTH = 78


def wrapped(text: str, indent: int) -> Iterator[str]:
    """Lines below each other, the second one and those behind it set in; what is hyphenated stays whole."""
    space = " " * indent
    yield from textwrap.wrap(
        printable(text, longest=2000),
        WIDTH,
        initial_indent=space,
        subsequent_indent=f"{space}  ",
        break_on_hyphens=False,
    )
