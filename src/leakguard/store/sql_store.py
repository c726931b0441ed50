"""The store as the rooms above see it: append, read, findings, progress of runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.errors import StoreUnusable
from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.heads import Head, head_of
from leakguard.ledger.items import FINDINGS_RECORDED, finding_text
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import Glance, KeptText, Seen
from leakguard.models.records import KeptRecord, Record
from leakguard.models.runs import RunState
from leakguard.ports import KeyedRecord
from leakguard.store import erase_rows, leases, once, run_leases, run_states, view_rows, views
from leakguard.store.bookmarks import Bookmarks
from leakguard.store.connection import Connection
from leakguard.store.database import Database
from leakguard.store.deliveries import Deliveries
from leakguard.store.drivers import BUSY_SECONDS
from leakguard.store.finding_rows import findings_record, insert_findings, new_findings
from leakguard.store.holders import Holder, this_process
from leakguard.store.ledger_writes import last_entry, refuse_late, write_entries
from leakguard.store.snapshot import Snapshot
from leakguard.store.view_rows import insert_views

if TYPE_CHECKING:
    from leakguard.ledger.erasure import Erasure


class SqlStore(Deliveries, Bookmarks):
    """The ledger and the findings in one database; implements `ports.WatchStore` and `ports.DeliveryStore`."""

    def __init__(self, database: Database, *, now: Callable[[], datetime], token: Callable[[int], str]) -> None:
        self._database = database
        self._now = now
        self._token = token
        self._held: dict[str, Holder] = {}
        self._senders: dict[str, Holder] = {}

    @classmethod
    def open(
        cls, place: str, *, now: Callable[[], datetime], token: Callable[[int], str], create: bool = True,
        busy_seconds: float = BUSY_SECONDS, heads: Sequence[Path] = (),
    ) -> SqlStore:  # fmt: skip
        """Open the store at a path or an SQLAlchemy URL, creating or lifting its schema where needed.

        `now` is read only once the write lock is held, so that times follow the order of entries; `token` makes hex.
        `heads` are files elsewhere, on another disk, that are told where the ledger stands after each append.
        Raises `StoreUnusable` when there is no usable database, or none at all and `create` is false.
        """
        database = Database.open(place, create=create, busy_seconds=busy_seconds, heads=heads)
        return cls(database, now=now, token=token)

    @property
    def name(self) -> str:
        """The path, or the URL without its password."""
        return self._database.name

    def close(self) -> None:
        """Let go of the database's connections."""
        self._database.close()

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

    def erase(
        self, erasures: Sequence[Erasure], findings: Sequence[str], records: Mapping[str, Record], *, seen: int
    ) -> tuple[KeptRecord, ...]:
        """Erase contents and findings, and keep the records that say so, by subject, in one transaction.

        Raises `NotAllowed` when a legal hold was set behind entry `seen`, or another process erased the same.
        `scrub` has to follow: until then the files may still hold what was erased.
        """
        with self._database.writing() as connection:
            erase_rows.refuse_new_holds(connection, seen)
            erase_rows.erase_contents(connection, erasures)
            erase_rows.erase_findings(connection, [one.sequence for one in erasures], findings)
            now = self._now()
            entries = [e for subject, one in records.items() for e in self._write(connection, subject, (one,), now=now)]
        self._witness(entries)
        return tuple(kept_record(entry) for entry in entries)

    def scrub(self, *, patience: float = erase_rows.PATIENCE) -> bool:
        """Let nothing of what was erased be left in the files; false while another process holds them."""
        return self._database.scrub(patience)

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """See `ports.AlarmStore.take_lease`."""
        with self._database.writing() as connection:
            return leases.take(connection, name, holder, now=now, until=until)

    def lease_holder(self, name: str) -> str | None:
        """See `ports.AlarmStore.lease_holder`."""
        with self._database.reading() as connection:
            return leases.holder_of(connection, name)

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

    def save_findings(
        self, run: str, findings: Sequence[Finding], done: Mapping[str, str],
        state: Mapping[int, RunState] | None = None,
    ) -> None:  # fmt: skip
        """Keep findings, the entry that lists their hashes, and how far the run has come, in one transaction.

        A finding whose id is kept already changes nothing, and without a new one or a target that is done there is no
        entry. Raises `NotAllowed` when another process has taken over the run, or has come further with it.
        """
        if not findings and not done and not state:
            return
        with self._database.writing() as connection:
            now = self._now()
            if run in self._held:
                run_leases.hold_on(connection, run, self._held[run], now=now)
            entries = self._write_findings(connection, run, findings, done, now=now)
            run_states.keep(connection, run, state or {})
        self._witness(entries)

    def _write_findings(
        self, connection: Connection, run: str, findings: Sequence[Finding], done: Mapping[str, str], *, now: datetime
    ) -> tuple[Entry, ...]:
        fresh = new_findings(connection, findings)
        if not fresh and not done:
            return ()
        texts = [finding_text(finding) for finding in fresh]
        entries = self._write(connection, run, (findings_record(fresh, texts, done, now=now),), now=now)
        sequence = entries[0].sequence
        insert_findings(connection, run, fresh, texts, sequence)
        insert_views(connection, [(finding, run, sequence, position) for position, finding in enumerate(fresh)])
        return entries

    def take_run(self, run: str) -> None:
        """See `ports.ScanStore.take_run`."""
        holder = self._held.get(run) or this_process(self._token(8))
        with self._database.writing() as connection:
            run_leases.take(connection, run, holder, now=self._now())
        self._held[run] = holder

    def release_run(self, run: str) -> None:
        """See `ports.ScanStore.release_run`."""
        if (holder := self._held.get(run)) is not None:
            with suppress(StoreUnusable):
                with self._database.writing() as connection:
                    run_leases.release(connection, run, holder)
                del self._held[run]

    def runs_at_work(self) -> tuple[str, ...]:
        """See `ports.ScanStore.runs_at_work`."""
        with self._database.reading() as connection:
            return tuple(run for run in run_leases.at_work(connection, now=self._now()) if run not in self._held)

    def let_go_of_killed(self) -> tuple[str, ...]:
        """See `ports.ScanStore.let_go_of_killed`."""
        with self._database.writing() as connection:
            return run_leases.let_go_of_killed(connection)

    def run_states(self, run: str) -> Mapping[int, RunState]:
        """See `ports.ScanStore.run_states`."""
        with self._database.reading() as connection:
            return run_states.load(connection, run)

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

    def glances(self, run: str) -> Iterator[Glance]:
        """See `ports.ScanStore.glances`."""
        return view_rows.glances(self._database.reading, run)

    def texts(self, run: str) -> Iterator[KeptText]:
        """See `ports.ScanStore.texts`."""
        return views.texts(self._database.reading, run)

    def outcomes(self, run: str) -> Mapping[Outcome, int]:
        """See `ports.ScanStore.outcomes`."""
        return view_rows.outcomes(self._database.reading, run)

    def crowds(self, run: str, *, beyond: int, apart_from: Collection[str]) -> Mapping[str, int]:
        """See `ports.ScanStore.crowds`."""
        return view_rows.crowds(self._database.reading, run, beyond=beyond, apart_from=apart_from)

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.ScanStore.of_kinds`."""
        return (kept_record(entry) for entry in views.entries(self._database.reading, subject, kinds=kinds))

    def last_measured(self, places: Collection[tuple[str, str]], *, apart_from: str) -> Mapping[tuple[str, str], str]:
        """See `ports.ScanStore.last_measured`."""
        return view_rows.last_measured(self._database.reading, places, apart_from)

    def seen(self, hosts: Collection[str] = ()) -> Iterator[Seen]:
        """See `ports.ScanStore.seen`."""
        return view_rows.seen(self._database.reading, hosts)

    def rebuild_views(self) -> None:
        """Make `glances` and `seen` again from the findings, which are the truth."""
        with self._database.writing() as connection:
            view_rows.rebuild(connection)

    def done_targets(self, run: str) -> Iterator[tuple[str, str]]:
        """The targets that a run has finished with, and how each stands; the latest word comes last."""
        for record in self.of_kinds([FINDINGS_RECORDED], run):
            yield from record.content.get("done", {}).items()

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """The ids that entries belong to and that begin with `prefix`, in the order of their first entries."""
        return views.subjects(self._database.reading, prefix)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One state of the store, however much others write meanwhile; for verification."""
        with self._database.standing() as connection:
            yield Snapshot(connection, name=self._database.name)

    def head(self) -> Head | None:
        """Where the ledger stands, by its last entry; nothing while it is empty."""
        with self._database.reading() as connection:
            last = last_entry(connection)
        return head_of(last) if last is not None else None

    def witnessed_head(self) -> Head | None:
        """The head in the second place, the file beside a SQLite store; nothing where there is none."""
        seen = self._database.witnessed()
        return seen.head if seen is not None else None

    def witnessed_heads(self) -> tuple[Head, ...]:
        """The heads in all second places."""
        return self._database.witnesses()

    def unreadable_heads(self) -> tuple[Path, ...]:
        """Places that the settings name for heads and that hold none that can be read."""
        return self._database.unreadable()

    def set_aside_heads(self) -> tuple[Path, ...]:
        """Heads of stores that stood in this place before this one."""
        return self._database.head_file.old() if self._database.head_file else ()

    def damage(self) -> tuple[str, ...]:
        """What the database's own check says is wrong with its file; see `Database.damage`."""
        return self._database.damage()
