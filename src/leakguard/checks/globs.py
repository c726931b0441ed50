"""Globs of ours over names that strangers chose: a star stands for anything, every other character for itself.

Texts are searched, no pattern is tried: the longest name takes time in proportion to its length, whatever it says.
"""

from __future__ import annotations

from functools import cache

from leakguard.frozen import Frozen


class Glob(Frozen):
    """One glob, taken apart."""

    parts: tuple[str, ...]
    """What has to follow each other, with anything between; the first begins the name, the last ends it."""
    word: str
    """Their longest: a name without it cannot fit."""

    def fits(self, name: str) -> bool:
        """Whether the whole name, in small letters, is as the glob says."""
        head, *middle = self.parts
        if not middle:
            return name == head
        tail = middle.pop()
        at, end = len(head), len(name) - len(tail)
        if end < at or not name.startswith(head) or not name.endswith(tail):
            return False
        for part in middle:
            found = name.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


@cache
def glob_of(text: str) -> Glob:
    """The glob that a check file states, in any case of letters."""
    parts = tuple(text.lower().split("*"))
    return Glob(parts=parts, word=max(parts, key=len))
