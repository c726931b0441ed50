"""The book of kinds: dictionary and standards together, and what a finding says of the data by them.

Standards say which kinds of data are sensitive, by which version, on a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.kinds import Category, DataSeen, People, Sensitive
from leakguard.sensitivity.dictionary import Dictionary
from leakguard.sensitivity.found import NamedCollection, categories_in, categories_of_files, kinds_of, merged
from leakguard.sensitivity.names import classify_fields

FILE = "standards.yaml"

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


class DataClass(Frozen):
    """One class of a standard and the kinds of data in it; a kind stands for all finer ones too."""

    name: str
    kinds: frozenset[str]
    but_not: frozenset[str] = frozenset()

    def has(self, kind: str) -> bool:
        """Whether a kind of data belongs to the class."""
        return _is_in(kind, self.kinds) and not _is_in(kind, self.but_not)


class Standard(Frozen):
    """One list of one standard in one version."""

    id: str
    name: str
    version: str
    in_force_from: date
    in_force_to: date | None
    is_sensitive: bool
    """Whether to be on the list is to be sensitive; a list that sorts all personal data says nothing of that."""
    confidence: str
    source_url: str
    verified_on: date
    classes: tuple[DataClass, ...]

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day; both ends are included."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def class_of(self, kind: str) -> str | None:
        """The first class that has the kind, or `None`."""
        return next((each.name for each in self.classes if each.has(kind)), None)


def sensitive_by(kinds: Iterable[str], standards: Iterable[Standard], *, on: date) -> tuple[Sensitive, ...]:
    """Who calls which of these kinds sensitive on a day, in the order of the standards, then of the kinds."""
    asked = tuple(dict.fromkeys(kinds))
    return tuple(
        Sensitive(
            category=kind, standard=standard.name, version=standard.version, data_class=found,
            confidence=standard.confidence
        )
        for standard in standards
        if standard.is_sensitive and standard.is_in_force(on)
        for kind in asked
        if (found := standard.class_of(kind)) is not None
    )  # fmt: skip


def _is_in(kind: str, kinds: frozenset[str]) -> bool:
    return kind in kinds or kind.partition(".")[0] in kinds


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
