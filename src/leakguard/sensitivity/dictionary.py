"""The dictionary: what `sensitivity/names.yaml` states, ready to be looked up in; `reading` reads it.

It is looked up in by tokens: the words of a name, however it joins them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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

FILE = "names.yaml"
HUBS = frozenset(
    {
        "basic", "contact", "biometric", "criminal", "political", "ethnic", "religious", "sexual", "trade_union",
        "genetic", "health", "economic", "employment_health", "identification_number", "location", "official_document",
        "payment", "profile", "credentials", "unknown", "other",
    }
)  # fmt: skip
"""The types of data of the EDPB's template; a test holds them against the vocabulary of the duties."""
Kinds = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """Joined words to kinds; see `names.yaml` for what the parts mean."""

    strong: Kinds
    weak: Kinds
    collections: Kinds
    collections_alone: Kinds
    neutral: frozenset[str]
    """Words that change nothing of what stands beside them, those for people among them."""
    false_friends: frozenset[str]
    people: frozenset[str]
    about: frozenset[str]
    """Words right behind an entry that make it a fact about the thing, and no value of somebody's."""
    extensions: Mapping[str, str]
    zh: Kinds
    """What is looked for inside Chinese, Japanese and Korean names, in lower case; false friends among them."""
    zh_collections: Kinds
    zh_pattern: str
    """A regular expression, the longest words first; it is compiled when the first Chinese name is met."""
    zh_collection_pattern: str
    entries: frozenset[str] = field(init=False)
    beginnings: frozenset[str] = field(init=False)
    """See `tokens.longest_entry`; of fields, and below of collections."""
    collection_entries: frozenset[str] = field(init=False)
    collection_beginnings: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Gather what the parts have in common."""
        of_fields = frozenset((*self.strong, *self.weak, *self.false_friends))
        of_collections = frozenset((*self.collections, *self.collections_alone, *self.strong, *self.false_friends))
        gathered = {
            "entries": of_fields, "beginnings": beginnings_of(of_fields),
            "collection_entries": of_collections, "collection_beginnings": beginnings_of(of_collections),
        }  # fmt: skip
        for name, value in gathered.items():
            object.__setattr__(self, name, value)

    def of(self, word: str) -> tuple[str, ...] | None:
        """The kinds of a joined word; none for a false friend, `None` for a word that says nothing."""
        found = self.strong.get(word)
        return () if found is None and word in self.false_friends else found


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
