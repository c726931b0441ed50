"""Tokens: the words of a name, however it joins them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LONGEST_NAME = 200
"""Letters of a name that are looked at; a longer one is no name of a field."""
MOST_TOKENS = 16
MOST_JOINED = 6
"""Words of the longest entry of the dictionary."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[\u3400-\u9fff]+")


def tokens_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `userIDCard_No2` as `user`, `id`, `card`, `no`, `2`.

    Chinese characters that stand together are one word.
    """
    found = _WORDS.findall(name[:LONGEST_NAME])
    return tuple(word.lower() for word in found[:MOST_TOKENS])


def joined(words: str) -> str:
    """The words of an entry of the dictionary without what is between them."""
    return "".join(tokens_of(words))


def spans_of(tokens: Sequence[str], start: int) -> Iterator[tuple[int, str]]:
    """The words from `start` on joined, the longest first, with where each ends."""
    last = min(len(tokens), start + MOST_JOINED)
    for end in range(last, start, -1):
        yield end, "".join(tokens[start:end])
