"""The dictionary: what `sensitivity/names.yaml` states, ready to be looked up in; `reading` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leakguard.sensitivity.tokens import beginnings_of

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
