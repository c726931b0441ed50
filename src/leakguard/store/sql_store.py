"""The store as the rooms above see it: append, read, findings, progress of runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.ledger.entries import HEAD_SIGNED, Entry, kept_record
from leakguard.ledger.heads import Head, HeadFileContent, head_of
from leakguard.ledger.listed_rows import LISTS_ALL_ROWS
from leakguard.ledger.signed_heads import ExternalHeads
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.models.file_modes import Access
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import CheckHistory, Glance, KeptText
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record, signed_records
from leakguard.models.runs import RunState
from leakguard.ports import KeyedRecord
from leakguard.store import erase_rows, leases, once, view_rows, views
from leakguard.store.accounts import Accounts
from leakguard.store.bookmarks import Bookmarks
from leakguard.store.connection import Connection
from leakguard.store.database import Database
from leakguard.store.deliveries import Deliveries
from leakguard.store.drivers import BUSY_SECONDS
from leakguard.store.holders import Holder
from leakguard.store.key_file import HeadSigner
from leakguard.store.ledger_writes import last_entry, log_entries, refuse_late, write_entries
from leakguard.store.new_files import ALONE
from leakguard.store.records import Records
from leakguard.store.row_coverage import UpgradeCoverage
from leakguard.store.run_progress import RunProgress
from leakguard.store.snapshot import Snapshot
from leakguard.store.vouching import Vouching

if TYPE_CHECKING:
    from leakguard.ledger.erasure import Erasure


class SqlStore(Records, RunProgress, Deliveries, Bookmarks, Accounts):
    """The ledger and the findings in one database; implements `ports.WatchStore`, `DeliveryStore`, `AccountStore`."""

    def __init__(
        self, database: Database, *, now: Callable[[], datetime], token: Callable[[int], str],
        recorder: Recorder | None = None,
    ) -> None:  # fmt: skip
        self._database = database
        self._recorder = recorder
        self._now = now
        self._token = token
        self._held: dict[str, Holder] = {}
        self._senders: dict[str, Holder] = {}
        self._waiting: dict[str, dict[int, RunState]] = {}
        self._waits: dict[str, int] = {}
        self._vouching = Vouching(database)

    @classmethod
    def open(  # noqa: PLR0913  (each is one thing that `wiring` decides)
        cls, place: str, *, now: Callable[[], datetime], token: Callable[[int], str], create: bool = True,
        busy_seconds: float = BUSY_SECONDS, heads: Sequence[Path] = (), signer: HeadSigner | None = None,
        access: Access = ALONE, recorder: Recorder | None = None,
    ) -> SqlStore:  # fmt: skip
        """Open the store at a path or an SQLAlchemy URL, creating or lifting its schema where needed.

        `now` is read only once the write lock is held, so that times follow the order of entries; `token` makes hex.
        `heads` are files elsewhere, on another disk, that are told where the ledger stands after each append;
        `signer` signs every head, and `access` says whom the files belong to.
        `recorder` is who records: every record that states nobody says that it is by them.
        Raises `StoreUnusable` when there is no usable database, or none at all and `create` is false.
        """
        covering = UpgradeCoverage(now=now, token=token, marks=HEAD_SIGNED if signer is not None else "")
        database = Database.open(
            place, create=create, busy_seconds=busy_seconds, heads=heads, lifted=covering.cover, signer=signer,
            access=access,
        )  # fmt: skip
        store = cls(database, now=now, token=token, recorder=recorder)
        store._vouching.lifted(covering.entries)
        store._witness(covering.entries)
        return store

    @property
    def name(self) -> str:
        """The path, or the URL without its password."""
        return self._database.name

    def close(self) -> None:
        """Keep what waits, and let go of the database's connections."""
        for run in tuple(self._waiting):
            self._settle(run)
        self._database.close()

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        """Keep `records` of `subject` in one transaction; see `ports.Journal.append`.

        Raises `NotAllowed` when `subject` has an entry beyond `after`, `LedgerBroken` on a ledger whose end was cut off
        or changed, `StoreUnusable` when the database cannot be written.
        """
        with self._database.writing() as connection:
            if after is not None:
                refuse_late(connection, subject, after)
            now = self._now()
            waited = self._write_waiting(connection, subject, now=now)
            entries = self._write(connection, subject, records, now=now)
        if waited:
            self._forget_waiting(subject)
        self._witness(entries)
        return self._kept(entries)

    def append_once(self, subject: str, keyed: Sequence[KeyedRecord]) -> tuple[KeptRecord, ...]:
        """Keep those whose keys are all new, in one transaction; see `ports.AlarmStore.append_once`."""
        with self._database.writing() as connection:
            new = once.fresh(connection, keyed)
            records = [record.record for record in new]
            entries = self._write(connection, subject, records, now=self._now()) if new else ()
            once.keep_keys(connection, new, entries)
        self._witness(entries)
        return self._kept(entries)

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
            erase_rows.erase_findings(connection, [erasure.sequence for erasure in erasures], findings)
            now = self._now()
            entries = [e for subject, new in records.items() for e in self._write(connection, subject, (new,), now=now)]
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

    def _write(
        self, connection: Connection, subject: str, records: Sequence[Record], *, now: datetime
    ) -> tuple[Entry, ...]:
        witnessed, may_sign = self._database.witnessed(), self._vouching.may_sign_behind(connection)
        entries = write_entries(
            connection, subject, signed_records(records, self._recorder), now=now, token=self._token,
            witnessed=witnessed, begins=LISTS_ALL_ROWS, marks=HEAD_SIGNED if self._database.signs else "",
        )  # fmt: skip
        self._note_recorded(connection, entries)
        if may_sign:
            self._vouching.wrote(entries)
        return entries

    def _witness(self, entries: Sequence[Entry]) -> None:
        """Only after the commit: a head must never run ahead of its ledger."""
        log_entries(entries)
        if entries:
            self._witness_head(entries[-1])

    def _witness_head(self, last: Entry) -> tuple[str, ...]:
        may_sign = self._vouching.may_sign(last)
        failures = self._database.witness(head_of(last), is_signed=may_sign)
        if may_sign and self._database.signer is not None:
            self._database.signer.begin(self._now())
        return failures

    def tell_places(self) -> tuple[str, ...]:
        """Tell the files that hold the head where the ledger stands; returns why each that failed did."""
        with self._database.reading() as connection:
            last = last_entry(connection)
        return self._witness_head(last) if last is not None else ()

    def refuse_unsigned(self) -> None:
        """Raise `LedgerBroken` where the key must not vouch for what is here; a signature of it is no small thing."""
        self._vouching.refuse(self._database.reading)

    def refuse_never_signed(self) -> None:
        """As `refuse_unsigned`, but entries behind the last signed head do not count."""
        with self._database.reading() as connection:
            self._vouching.refuse_never_signed(connection)

    def warn_with(self, warn: Callable[[str], None]) -> None:
        """Whom to tell that a second place holds no head, or that no signed head covers the last entries."""
        self._vouching.warn_with(warn)

    def sign_anew(self) -> None:
        """A person has looked at the ledger, and lets the key vouch for it from now on."""
        self._vouching.sign_anew()

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

    def last_measured(self, places: Collection[tuple[str, str]], *, apart_from: str) -> Mapping[tuple[str, str], str]:
        """See `ports.ScanStore.last_measured`."""
        return view_rows.last_measured(self._database.reading, places, apart_from)

    def seen(self, hosts: Collection[str] = ()) -> Iterator[CheckHistory]:
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

    def kept_heads(self) -> tuple[ExternalHeads, ...]:
        """What all second places hold, with signatures."""
        return self._database.kept_heads()

    @property
    def keeps_heads(self) -> bool:
        """Whether there is any second place."""
        return self._database.has_places

    def unreadable_heads(self) -> tuple[Path, ...]:
        """Places that the settings name for heads and that hold none that can be read."""
        return self._database.unreadable()

    def set_aside_heads(self) -> Mapping[str, HeadFileContent | None]:
        """Heads of stores that stood in this place before this one, by the names of their files."""
        return self._database.head_file.read_old() if self._database.head_file else {}

    def damage(self) -> tuple[str, ...]:
        """What the database's own check says is wrong with its file; see `Database.damage`."""
        return self._database.damage()
