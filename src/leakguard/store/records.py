"""Records out of the ledger, as they are to be understood: the part of the store that every reader goes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from leakguard.ledger.entries import Entry, kept_record, raw_system_time
from leakguard.ledger.system_time_corrections import SUBJECT as CLOCK
from leakguard.ledger.system_time_corrections import CorrectedReader, SystemTimeCorrections, corrections_in
from leakguard.models.moments import from_z
from leakguard.models.records import KeptRecord, Record
from leakguard.store import view_rows, views
from leakguard.store.ledger_writes import last_entry, refuse_late
from leakguard.store.store_part import StorePart


class Records(StorePart):
    """Reads records, with what mends say of wrong clocks; only `entries` gives them exactly as stored."""

    def append_all(self, records: Mapping[str, Sequence[Record]], *, after: Mapping[str, int]) -> None:
        """Keep the records of several subjects in one transaction, in their order.

        Raises `NotAllowed` when a subject of `after` has an entry beyond what it says; else as `append`.
        """
        with self._database.writing() as connection:
            for subject, last in after.items():
                refuse_late(connection, subject, last)
            now = self._now()
            entries = [
                entry for subject, own in records.items() for entry in self._write(connection, subject, own, now=now)
            ]
        self._witness(entries)

    def try_writing(self) -> None:
        """Begin to write and write nothing; raises `StoreUnusable`."""
        with self._database.writing():
            pass

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records in the order of their sequence; of one subject, or of all."""
        return self._corrected(self.entries(subject))

    def last(self, subject: str) -> KeptRecord | None:
        """See `ports.Journal.last`."""
        with self._database.reading() as connection:
            found = last_entry(connection, subject)
        return kept_record(found) if found is not None else None

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        """See `ports.Journal.record`."""
        found = next(views.entries(self._database.reading, subject, after=sequence - 1, until=sequence), None)
        return next(self._corrected([found]), None) if found is not None else None

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        """See `ports.Journal.corrections`."""
        return self._corrected(views.corrections(self._database.reading, subject, after))

    def _kept(self, entries: Sequence[Entry]) -> tuple[KeptRecord, ...]:
        """The records of entries of one subject that were just kept, as `read` gives them."""
        if not any(entry.flags for entry in entries):
            return tuple(map(kept_record, entries))
        with self._database.reading() as connection:
            before = last_entry(connection, entries[0].subject, before=entries[0].sequence)
        records = tuple(self._corrected([*([before] if before is not None else []), *entries]))
        return records[-len(entries) :]

    def clock_corrections(self) -> SystemTimeCorrections:
        """Every entry that says that others were recorded under a wrong clock."""
        return corrections_in(views.entries(self._database.reading, CLOCK))

    def stepped_back(self) -> Iterator[tuple[int, datetime, datetime | None]]:
        """Number, time and clock of each entry whose clock was behind the entry before; `None`: it kept no clock.

        Entries whose times cannot be read are left out: `evidence verify` names them.
        """
        for entry in views.stepped_back(self._database.reading):
            with suppress(ValueError):
                yield entry.sequence, from_z(entry.recorded_at), raw_system_time(entry)

    def _corrected(self, entries: Iterable[Entry]) -> Iterator[KeptRecord]:
        """The records of entries, each subject's in their order, as they are to be understood."""
        readers: defaultdict[str, CorrectedReader] = defaultdict(partial(CorrectedReader, self.clock_corrections()))
        for entry in entries:
            yield readers[entry.subject].take(entry)

    def read_after(self, sequence: int) -> Iterator[KeptRecord]:
        """See `ports.ScanStore.read_after`."""
        return self._corrected(views.entries(self._database.reading, after=sequence))

    def entries(self, subject: str | None = None, *, after: int = 0) -> Iterator[Entry]:
        """The entries behind `after` exactly as stored."""
        return views.entries(self._database.reading, subject, after=after)

    def ids_at(self, run: str, places: Collection[tuple[str, str]]) -> frozenset[str]:
        """See `ports.ScanStore.ids_at`."""
        return view_rows.ids_at(self._database.reading, run, places)

    def latest_entries(
        self, *, subject: str | None = None, kind: str | None = None, before: int = 2**53, limit: int = 100
    ) -> tuple[Entry, ...]:
        """The last entries in front of `before` exactly as stored, the latest first."""
        return views.latest_entries(self._database.reading, subject=subject, kind=kind, before=before, limit=limit)

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.ScanStore.of_kinds`."""
        return self._corrected(views.entries(self._database.reading, subject, kinds=kinds))
