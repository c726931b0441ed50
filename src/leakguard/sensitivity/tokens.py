"""Tokens: the words of a name, however it joins them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence

LONGEST_NAME = 200
"""Letters of a name that are looked at; a longer one is no name of a field."""
MOST_TOKENS = 16
MOST_JOINED = 6
"""Words of the longest entry of the dictionary."""
EASTERN = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of languages that write no space between words: Chinese, Japanese and Korean."""
_WORDS = re.compile(rf"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[{EASTERN}]+")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_LETTERS = str.maketrans({"\xdf": "ss", "\xe6": "ae", "\xf8": "o", "\u0131": "i", "\u0142": "l"})
"""Letters that are no letter with a mark: the sharp s, ae, the crossed o, the dotless i, the crossed l."""


def plain(name: str) -> str:
    """The name in plain letters, which writers leave out or not: `prénom` as `prenom`, full width as half."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFKD", name.translate(_LETTERS))))


def tokens_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `userIDCard_No2` as `user`, `id`, `card`, `no`, `2`.

    Chinese, Japanese and Korean letters that stand together are one word.
    """
    found = _WORDS.findall(plain(name[:LONGEST_NAME]))
    return tuple(word.lower() for word in found[:MOST_TOKENS])


def joined(words: str) -> str:
    """The words of an entry of the dictionary without what is between them."""
    return "".join(tokens_of(words))


def longest_entry(
    tokens: Sequence[str], start: int, beginnings: Container[str], entries: Container[str]
) -> tuple[int, str] | None:
    """The longest entry among the words from `start` on, joined, and where it ends; nothing where none begins there.

    `beginnings` holds every beginning of every entry, so that what leads nowhere is left at once.
    """
    word, found = "", None
    for end in range(start, min(len(tokens), start + MOST_JOINED)):
        word += tokens[end]
        if word not in beginnings:
            break
        if word in entries:
            found = end + 1, word
    return found


def beginnings_of(entries: Iterable[str]) -> frozenset[str]:
    """Every beginning of the entries, the entries themselves among them."""
    return frozenset(entry[:length] for entry in entries for length in range(1, len(entry) + 1))
