"""The store as the rooms above see it: append, read, findings, progress of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.heads import Head, head_of
from leakguard.ledger.items import FINDINGS_RECORDED
from leakguard.models.findings import Finding
from leakguard.models.records import KeptRecord, Record
from leakguard.models.runs import RunSummary
from leakguard.ports import KeyedRecord
from leakguard.store import leases, once, views
from leakguard.store.database import Database
from leakguard.store.engine import BUSY_SECONDS
from leakguard.store.finding_rows import findings_record, insert_findings, new_findings
from leakguard.store.ledger_writes import refuse_late, write_entries
from leakguard.store.snapshot import Snapshot


class SqlStore:
    """The ledger and the findings in one database; implements `ports.WatchStore`, which every other one is part of."""

    def __init__(self, database: Database, *, now: Callable[[], datetime], token: Callable[[int], str]) -> None:
        self._database = database
        self._now = now
        self._token = token

    @classmethod
    def open(
        cls,
        place: str,
        *,
        now: Callable[[], datetime],
        token: Callable[[int], str],
        create: bool = True,
        busy_seconds: float = BUSY_SECONDS,
    ) -> SqlStore:
        """Open the store at a path or an SQLAlchemy URL, creating or lifting its schema where needed.

        `now` is read only once the write lock is held, so that times follow the order of entries; `token` makes hex.
        Raises `StoreUnusable` when there is no usable database, or none at all and `create` is false.
        """
        return cls(Database.open(place, create=create, busy_seconds=busy_seconds), now=now, token=token)

    @property
    def name(self) -> str:
        """The path, or the URL without its password."""
        return self._database.name

    def close(self) -> None:
        """Let go of the database's connections."""
        self._database.engine.dispose()

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        """Keep `records` of `subject` in one transaction; see `ports.Journal.append`.

        Raises `NotAllowed` when `subject` has an entry beyond `after`, `LedgerBroken` on a ledger whose end was cut off
        or changed, `StoreUnusable` when the database cannot be written.
        """
        with self._database.writing() as connection:
            if after is not None:
                refuse_late(connection, subject, after)
            entries = self._write(connection, subject, records, now=self._now())
        self._witness(entries)
        return tuple(kept_record(entry) for entry in entries)

    def append_once(self, subject: str, keyed: Sequence[KeyedRecord]) -> tuple[KeptRecord, ...]:
        """Keep those whose keys are all new, in one transaction; see `ports.AlarmStore.append_once`."""
        with self._database.writing() as connection:
            new = once.fresh(connection, keyed)
            entries = self._write(connection, subject, [one.record for one in new], now=self._now()) if new else ()
            once.keep_keys(connection, new, entries)
        self._witness(entries)
        return tuple(kept_record(entry) for entry in entries)

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """See `ports.AlarmStore.take_lease`."""
        with self._database.writing() as connection:
            return leases.take(connection, name, holder, now=now, until=until)

    def release_lease(self, name: str, holder: str) -> None:
        """See `ports.AlarmStore.release_lease`."""
        with self._database.writing() as connection:
            leases.release(connection, name, holder)

    def beat(self, name: str, holder: str, *, now: datetime) -> None:
        """See `ports.AlarmStore.beat`."""
        with self._database.writing() as connection:
            leases.beat(connection, name, holder, now=now)

    def last_beat(self, name: str) -> datetime | None:
        """See `ports.AlarmStore.last_beat`."""
        with self._database.reading() as connection:
            return leases.last_beat(connection, name)

    def save_findings(self, run: str, findings: Sequence[Finding], done: Mapping[str, str]) -> None:
        """Keep findings, the entry that lists their hashes, and how each target stands, in one transaction.

        A finding whose id is kept already changes nothing.
        """
        if not findings and not done:
            return
        with self._database.writing() as connection:
            fresh = new_findings(connection, findings)
            now = self._now()
            entries = self._write(connection, run, (findings_record(fresh, done, now=now),), now=now)
            insert_findings(connection, run, fresh, entries[0].sequence)
        self._witness(entries)

    def _write(
        self, connection: Connection, subject: str, records: Sequence[Record], *, now: datetime
    ) -> tuple[Entry, ...]:
        witnessed = self._database.witnessed()
        return write_entries(connection, subject, records, now=now, token=self._token, witnessed=witnessed)

    def _witness(self, entries: Sequence[Entry]) -> None:
        """Only after the commit: a head must never run ahead of its ledger."""
        if entries:
            self._database.witness(head_of(entries[-1]))

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records in the order of their sequence; of one subject, or of all."""
        return (kept_record(entry) for entry in self.entries(subject))

    def read_after(self, sequence: int) -> Iterator[KeptRecord]:
        """See `ports.ScanStore.read_after`."""
        return (kept_record(entry) for entry in views.entries(self._database.reading, after=sequence))

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        """The entries exactly as stored."""
        return views.entries(self._database.reading, subject)

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        """Findings of a run, or by id, in the order in which they were made; unknown ids are left out."""
        return views.findings(self._database.reading, run, ids)

    def done_targets(self, run: str) -> Iterator[tuple[str, str]]:
        """The targets that a run has finished with, and how each stands; the latest word comes last."""
        for record in self.read(run):
            if record.kind == FINDINGS_RECORDED:
                yield from record.content.get("done", {}).items()

    def runs(self) -> tuple[RunSummary, ...]:
        """Every scan run, in the order in which they began."""
        return views.runs(self._database.reading)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """The ids that entries belong to and that begin with `prefix`, in the order of their first entries."""
        return views.subjects(self._database.reading, prefix)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One state of the store, however much others write meanwhile; for verification."""
        with self._database.standing() as connection:
            yield Snapshot(connection, name=self._database.name)

    def witnessed_head(self) -> Head | None:
        """The head in the second place, the file beside a SQLite store; nothing where there is none."""
        return self._database.witnessed()

    def set_aside_heads(self) -> tuple[Path, ...]:
        """Heads of stores that stood in this place before this one."""
        return self._database.head_file.old() if self._database.head_file else ()

    def damage(self) -> tuple[str, ...]:
        """What the database's own check says is wrong with its file; see `Database.damage`."""
        return self._database.damage()
