"""The one way in which a reader of this package fails: it says what it could not read, and nothing else happens."""

from __future__ import annotations


class CannotRead(Exception):
    """A part of a package cannot be read; the text says why, in words of ours and without a word of the package."""


def need(holds: object, why: str) -> None:
    """Raise `CannotRead` unless it holds."""
    if not holds:
        raise CannotRead(why)
