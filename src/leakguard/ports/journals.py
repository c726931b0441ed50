"""Journals: the append-only ledger as rooms see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from leakguard.models.people import Recorder
    from leakguard.models.records import KeptRecord, Record


class Journal(Protocol):
    """The append-only ledger of everything that happened; the store implements it."""

    @property
    def recorder(self) -> Recorder | None:
        """Who records; `None` where nobody was named."""

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        """Keep `records` in one transaction, stamped and chained, and return them as kept.

        `subject` is the id of the incident, or of the scan run, that they belong to.
        With `after`, raises `NotAllowed` if the subject already has an entry beyond that sequence:
        somebody else wrote in between, so look again.
        """

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records in the order of their sequence; of one subject, or of all."""

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records of these kinds alone, in the order of their sequence; of one subject, or of all."""

    def last(self, subject: str) -> KeptRecord | None:
        """The last record of a subject, at the time that the ledger gave it; `None` where it has none."""

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        """The record of a subject in this place of the ledger; `None` where another's stands there, or none."""

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        """The records of a subject behind `after` that correct another one, in the order of their sequence."""


class IncidentStore(Journal, Protocol):
    """A journal that can list what it knows."""

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """The ids that entries belong to and that begin with `prefix`, in the order of their first entries."""
