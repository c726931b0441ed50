"""Texts: whether one that a host wrote can be sent back to it, how it is shown, and how many of a thing there are."""

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


def counted(number: int, one: str, several: str = "") -> str:
    """`1 incident`, `2 incidents`, `9,500 indices`."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
