"""Bookmarks: a text that spares somebody the reading of all entries before it."""

from __future__ import annotations

from leakguard.frozen import Frozen

NAME = "exposures"
"""There is one so far."""


class Bookmark(Frozen):
    """A text, and the ledger entry that vouches for it."""

    sequence: int
    text: str
