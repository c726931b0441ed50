"""The store as the rooms above see it: append, read, findings, progress of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.heads import Head, head_of
from leakguard.ledger.items import FINDINGS_RECORDED, KeptItem
from leakguard.models.findings import Finding
from leakguard.models.records import KeptRecord, Record
from leakguard.models.runs import RunSummary
from leakguard.store import views
from leakguard.store.database import Database
from leakguard.store.engine import BUSY_SECONDS
from leakguard.store.finding_rows import finding_rows, findings_record
from leakguard.store.ledger_writes import refuse_late, write_entries
from leakguard.store.tables import FINDINGS


class SqlStore:
    """The ledger and the findings in one database; implements `ports.ScanStore`."""

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
        return tuple(kept_record(entry) for entry in self._keep(subject, lambda _: records, (), after=after))

    def save_findings(self, run: str, findings: Sequence[Finding], done: Iterable[str]) -> None:
        """Keep findings, the entry that lists their hashes, and the targets that are done, in one transaction."""
        targets = tuple(done)
        if findings or targets:
            self._keep(run, lambda now: (findings_record(findings, targets, now=now),), findings)

    def _keep(
        self,
        subject: str,
        records_at: Callable[[datetime], Sequence[Record]],
        findings: Sequence[Finding],
        *,
        after: int | None = None,
    ) -> tuple[Entry, ...]:
        with self._database.writing() as connection:
            if after is not None:
                refuse_late(connection, subject, after)
            now, witnessed = self._now(), self._database.witnessed()
            entries = write_entries(
                connection, subject, records_at(now), now=now, token=self._token, witnessed=witnessed
            )
            if findings:
                connection.execute(insert(FINDINGS), finding_rows(subject, findings, entries[0].sequence))
        if entries:
            self._database.witness(head_of(entries[-1]))
        return entries

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records in the order of their sequence; of one subject, or of all."""
        return (kept_record(entry) for entry in self.entries(subject))

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        """The entries exactly as stored, for verification."""
        return views.entries(self._database.reading, subject)

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        """Findings of a run, or by id, in the order in which they were made; unknown ids are left out."""
        return views.findings(self._database.reading, run, ids)

    def finding_items(self) -> Iterator[KeptItem]:
        """The findings exactly as stored, for verification."""
        return views.finding_items(self._database.reading)

    def done_targets(self, run: str) -> Iterator[str]:
        """The targets that a run has finished with."""
        for record in self.read(run):
            if record.kind == FINDINGS_RECORDED:
                yield from record.content.get("done", ())

    def runs(self) -> tuple[RunSummary, ...]:
        """Every scan run, in the order in which they began."""
        return views.runs(self._database.reading)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """The ids that entries belong to and that begin with `prefix`, in the order of their first entries."""
        return views.subjects(self._database.reading, prefix)

    def witnessed_head(self) -> Head | None:
        """The head in the second place, the file beside a SQLite store; nothing where there is none."""
        return self._database.witnessed()

    def set_aside_heads(self) -> tuple[Path, ...]:
        """Heads of stores that stood in this place before this one."""
        return self._database.head_file.old() if self._database.head_file else ()

    def damage(self) -> tuple[str, ...]:
        """What the database's own check says is wrong with its file; see `Database.damage`."""
        return self._database.damage()
