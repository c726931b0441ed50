"""Views: everything that the store tells is read from its rows here, a page a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.items import FINDINGS_RECORDED, KeptItem
from leakguard.models.findings import Finding
from leakguard.models.glances import KeptText
from leakguard.models.records import KeptRecord
from leakguard.models.runs import RunSummary
from leakguard.store.finding_rows import FINDING_ORDER, IDS_AT_ONCE, finding_in
from leakguard.store.rows import Reading, entry_of, paged
from leakguard.store.tables import FINDINGS, LEDGER

RUN_KINDS = "run_"
"""Kinds of records of scan runs begin like this, but for the findings."""


def entries(
    reading: Reading, subject: str | None = None, *, kinds: Collection[str] | None = None, after: int = 0
) -> Iterator[Entry]:
    """The entries behind `after` exactly as stored; of one subject, or of all, and of some kinds, or of all."""
    query = select(LEDGER) if subject is None else select(LEDGER).where(LEDGER.c.subject == subject)
    query = query if kinds is None else query.where(LEDGER.c.kind.in_(kinds))
    query = query.where(LEDGER.c.sequence > after) if after else query
    return (entry_of(row) for row in paged(reading, query, (LEDGER.c.sequence,)))


def findings(reading: Reading, run: str | None, ids: Sequence[str] | None) -> Iterator[Finding]:
    """Findings of a run, or by id, in the order in which they were made; unknown ids are left out."""
    query = select(FINDINGS) if run is None else select(FINDINGS).where(FINDINGS.c.run == run)
    if ids is None:
        parts = [query]
    else:
        chunks = (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))
        parts = [query.where(FINDINGS.c.id.in_(chunk)) for chunk in chunks]
    for part in parts:
        for row in paged(reading, part, FINDING_ORDER):
            yield finding_in(row.id, row.text)


def texts(reading: Reading, run: str) -> Iterator[KeptText]:
    """The findings of a run as stored, in the order in which they were made."""
    for row in paged(reading, select(FINDINGS).where(FINDINGS.c.run == run), FINDING_ORDER):
        yield KeptText(row.id, row.text)


def finding_items(reading: Reading) -> Iterator[KeptItem]:
    """The findings exactly as stored."""
    for row in paged(reading, select(FINDINGS), FINDING_ORDER):
        yield KeptItem(id=row.id, run=row.run, sequence=row.sequence, position=row.position, text=row.text)


def subjects(reading: Reading, prefix: str) -> tuple[str, ...]:
    """The subjects that begin with `prefix`, in the order of their first entries."""
    query = select(LEDGER.c.subject).where(LEDGER.c.subject.startswith(prefix, autoescape=True))
    with reading() as connection:
        rows = connection.execute(query.group_by(LEDGER.c.subject).order_by(func.min(LEDGER.c.sequence))).scalars()
        return tuple(rows)


def runs(reading: Reading) -> tuple[RunSummary, ...]:
    """Every scan run, in the order in which they began."""
    of_runs = or_(LEDGER.c.kind == FINDINGS_RECORDED, LEDGER.c.kind.startswith(RUN_KINDS, autoescape=True))
    sums: dict[str, _Sum] = {}
    for row in paged(reading, select(LEDGER).where(of_runs), (LEDGER.c.sequence,)):
        record = kept_record(entry_of(row))
        sums.setdefault(record.subject, _Sum(record)).add(record)
    return tuple(one.summary() for one in sums.values())


class _Sum:
    """Adds up the records of one run."""

    def __init__(self, first: KeptRecord) -> None:
        self.run = first.subject
        self.started_at: datetime = first.recorded_at
        self.last_at: datetime = first.recorded_at
        self.target_count = 0
        self.outcomes: Counter[str] = Counter()

    def add(self, record: KeptRecord) -> None:
        self.last_at = record.recorded_at
        if record.kind == FINDINGS_RECORDED:
            self.target_count += len(record.content.get("done", {}))
            self.outcomes.update(record.content.get("outcomes", {}))

    def summary(self) -> RunSummary:
        return RunSummary(
            run=self.run,
            started_at=self.started_at,
            last_at=self.last_at,
            finding_count=self.outcomes.total(),
            target_count=self.target_count,
            outcomes=dict(self.outcomes),
        )
