"""The book of kinds: dictionary and standards together, and what a finding says of the data by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.kinds import Category, DataSeen, People, Sensitive
from leakguard.sensitivity.dictionary import Dictionary
from leakguard.sensitivity.found import NamedCollection, categories_in, categories_of_files, kinds_of, merged
from leakguard.sensitivity.names import classify_fields
from leakguard.sensitivity.standards import Standard, sensitive_by

FOLDER = "sensitivity"
ONE_EACH = "at most one person for each record, and as many records as the server states"
MOST_KNOWN = 1024
"""Sets of kinds of which is remembered who calls them sensitive; what hosts may be made to say is without number."""
DISTINCT = "at least the different values of one field that tells people apart, as the server counts them"
_TELLS_APART = (
    "identification_number", "contact.email", "contact.phone", "credentials.username", "contact.messenger",
    "payment.card", "official_document", "basic.name",
)  # fmt: skip
"""Kinds by which people are told apart, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindBook:
    """What `sensitivity/` states."""

    words: Dictionary
    standards: tuple[Standard, ...]
    _known: dict[tuple[tuple[str, ...], date], tuple[Sensitive, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def sensitive(self, kinds: tuple[str, ...], *, on: date) -> tuple[Sensitive, ...]:
        """As `standards.sensitive_by`; thousands of stores hold the same kinds, so the answers are remembered."""
        known = self._known.get((kinds, on))
        if known is None:
            known = sensitive_by(kinds, self.standards, on=on)
            if len(self._known) < MOST_KNOWN:
                self._known[kinds, on] = known
        return known


class StoreContents(Frozen):
    """What was learnt of one store."""

    collections: Sequence[NamedCollection] = ()
    extensions: Mapping[str, int] = frozen_field(default_factory=dict)
    """How many names of files end in which way."""
    records: int | None = None
    distinct: int | None = None
    """The largest number of different values that was counted in a field that tells people apart."""
    sampled: tuple[Category, ...] = ()
    sample_note: str = ""


def data_seen(seen: StoreContents, book: KindBook, *, on: date) -> DataSeen | None:
    """What a finding of a day says; nothing where no name and no value gave a kind away, unless values were read."""
    categories = merged(
        seen.sampled, categories_in(seen.collections, book.words), categories_of_files(seen.extensions, book.words)
    )
    if not categories and not seen.sample_note:
        return None
    return DataSeen(
        categories=categories, sensitive=book.sensitive(kinds_of(categories), on=on),
        people=_people(seen) if categories else None, sampled=seen.sample_note,
    )  # fmt: skip


def fields_of_people(collection: NamedCollection, book: KindBook) -> tuple[str, ...]:
    """The fields of a collection that tell people apart, the surest first."""
    kinds = classify_fields(collection.name, collection.fields, book.words)
    ranked = [
        (rank, field)
        for rank, wanted in enumerate(_TELLS_APART)
        for field, found in kinds.items()
        if any(kind == wanted or kind.startswith(f"{wanted}.") for kind in found)
    ]
    return tuple(dict.fromkeys(field for _, field in ranked))


def _people(seen: StoreContents) -> People | None:
    if seen.distinct is None and seen.records is None:
        return None
    low, high = seen.distinct, seen.records
    if low is not None and high is not None and low > high:
        low = None  # more values than records: the server counted words, or something else than one value a record
    methods = [text for text, count in ((DISTINCT, low), (ONE_EACH, high)) if count is not None]
    return People(low=low, high=high, method="; ".join(methods))
