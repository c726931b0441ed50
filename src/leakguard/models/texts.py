"""Texts that a host wrote: whether one can be sent back to it, and how one is shown."""

from __future__ import annotations

from typing import TypeGuard


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is a text that can be said in UTF-8; half of a surrogate pair, as JSON may hold it, cannot."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(text: str, longest: int) -> str:
    """At most `longest` letters of a text, with a mark in place of whatever moves a cursor or cannot be seen."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:longest])
