"""A store that can be read and not written: what has to be recorded is kept in memory until it can be.

A full disk must not silence an alert. Its records stay in the memory of this process, by their keys, so that it sends
nothing twice; they enter the ledger as soon as the store takes them. A process that ends before that forgets them, and
the next one sends such an alert again, under the same message id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leakguard.errors import StoreUnusable
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import AlertStore, KeyedRecord, Now


@dataclass(slots=True, kw_only=True)
class UnwrittenStore:
    """Implements `ports.AlarmStore` on one that cannot be written."""

    store: AlertStore
    now: Now
    silence: float
    """Seconds after the last whole look of another watchman after which that one counts as gone."""
    _kept: list[tuple[KeyedRecord, KeptRecord]] = field(default_factory=list)

    @property
    def waiting(self) -> tuple[tuple[KeyedRecord, KeptRecord], ...]:
        """What waits for a store that can be written."""
        return tuple(self._kept)

    def remember(self, kept: Sequence[tuple[KeyedRecord, KeptRecord]]) -> None:
        """What an earlier process kept in this way; it counts as done."""
        self._kept += kept

    def write(self) -> None:
        """Put into the store what waits for it; raises `StoreUnusable` where it still cannot be written."""
        while self._kept:
            keyed, kept = self._kept[0]
            self.store.append_once(kept.subject, (keyed,))
            del self._kept[0]

    @property
    def recorder(self) -> Recorder | None:
        """See `ports.Journal.recorder`."""
        return self.store.recorder

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        """See `ports.Journal.append`; what has no key waits for a store that can be written."""
        del records, after
        raise StoreUnusable(f"nothing can be recorded about {subject}", next_step="Make the store writable.")

    def append_once(self, subject: str, keyed: Sequence[KeyedRecord]) -> tuple[KeptRecord, ...]:
        """See `ports.AlarmStore.append_once`; kept in memory."""
        known = {key for record, _ in self._kept for key in record.keys}
        kept: list[tuple[KeyedRecord, KeptRecord]] = []
        for new_record in keyed:
            if known.isdisjoint(new_record.keys):
                known.update(new_record.keys)
                kept.append((new_record, self._in_memory(subject, new_record.record, len(self._kept) + len(kept) + 1)))
        self._kept += kept
        return tuple(record for _, record in kept)

    def _in_memory(self, subject: str, record: Record, number: int) -> KeptRecord:
        last = self.store.last(subject)
        return KeptRecord(
            sequence=(last.sequence if last is not None else 0) + number, subject=subject, kind=record.kind,
            occurred_at=record.occurred_at, recorded_at=self.now(), content=record.content, hash="",
        )  # fmt: skip

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""
        yield from self.store.read(subject)
        yield from (record for _, record in self._kept if subject in {None, record.subject})

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.of_kinds`."""
        yield from self.store.of_kinds(kinds, subject)
        yield from (record for _, record in self._kept if record.kind in kinds and subject in {None, record.subject})

    def last(self, subject: str) -> KeptRecord | None:
        """See `ports.Journal.last`."""
        return self.store.last(subject)

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        """See `ports.Journal.record`."""
        return self.store.record(subject, sequence)

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        """See `ports.Journal.corrections`."""
        return self.store.corrections(subject, after=after)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return self.store.subjects(prefix)

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Nobody can take it now: whoever led goes on, and where that one is silent, each who can send does."""
        del until
        if self.store.lease_holder(name) in {None, holder}:
            return True
        beat = self.store.last_beat(name)
        return beat is None or abs((now - beat).total_seconds()) > self.silence

    def lease_holder(self, name: str) -> str | None:
        """Nobody: a takeover is recorded by the first look that can write."""
        del name
        return None

    def release_lease(self, name: str, holder: str) -> None:
        """Nothing: it runs out."""

    def beat(self, name: str, holder: str, *, now: datetime) -> None:
        """Nothing: a look that recorded nothing is not whole."""

    def last_beat(self, name: str) -> datetime | None:
        """See `ports.AlarmStore.last_beat`."""
        return self.store.last_beat(name)
