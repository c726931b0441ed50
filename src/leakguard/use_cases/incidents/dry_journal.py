"""A journal that keeps nothing: what several use cases would record is seen at once, or recorded together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from leakguard.ledger.heads import Head
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record, signed_records
from leakguard.ports import IncidentStore


class PreviewedStore(IncidentStore, Protocol):
    """What a preview is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""


class DryJournal:
    """Reads as the store does, and keeps what is appended for as long as it is held itself."""

    def __init__(self, store: PreviewedStore, now: Callable[[], datetime]) -> None:
        """`now` stamps what is appended."""
        self._store, self._now = store, now
        self._kept: list[KeptRecord] = []
        self.pending: list[Record] = []
        """What was appended, as it came, in its order."""

    @property
    def recorder(self) -> Recorder | None:
        """See `ports.Journal.recorder`."""
        return self._store.recorder

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:  # noqa: ARG002  (nobody else writes here)
        """The records as the ledger would keep them."""
        head = self._store.head()
        number = (head.sequence if head is not None else 0) + len(self._kept)
        signed = enumerate(signed_records(records, self.recorder), number + 1)
        kept = tuple(self._as_kept(place, subject, record) for place, record in signed)
        self._kept += kept
        self.pending += records
        return kept

    def _as_kept(self, number: int, subject: str, record: Record) -> KeptRecord:
        return KeptRecord(
            sequence=number, subject=subject, kind=record.kind, occurred_at=record.occurred_at, recorded_at=self._now(),
            content=record.content, hash="",
        )  # fmt: skip

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""
        yield from self._store.read(subject)
        yield from (record for record in self._kept if subject in {None, record.subject})

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.of_kinds`."""
        yield from self._store.of_kinds(kinds, subject)
        yield from (record for record in self._kept if record.kind in kinds and subject in {None, record.subject})

    def last(self, subject: str) -> KeptRecord | None:
        """See `ports.Journal.last`."""
        return next((record for record in reversed(self._kept) if record.subject == subject), self._store.last(subject))

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        """See `ports.Journal.record`."""
        found = (record for record in self._kept if record.sequence == sequence and record.subject == subject)
        return next(found, None) or self._store.record(subject, sequence)

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        """See `ports.Journal.corrections`."""
        yield from self._store.corrections(subject, after=after)
        own = (
            record
            for record in self._kept
            if record.subject == subject and record.sequence > after and is_event_record(record)
        )
        yield from (record for record in own if event_of(record).corrects)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return self._store.subjects(prefix)
