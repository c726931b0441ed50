"""The dictionary: what `sensitivity/names.yaml` states, ready to be looked up in; `reading` reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
    extensions: Mapping[str, str]
    zh: Kinds
    zh_collections: Kinds
    zh_pattern: re.Pattern[str]
    """The longest words first."""
    zh_collection_pattern: re.Pattern[str]

    def of(self, word: str) -> tuple[str, ...] | None:
        """The kinds of a joined word; none for a false friend, `None` for a word that says nothing."""
        found = self.strong.get(word)
        return () if found is None and word in self.false_friends else found
