"""Stores as earlier releases left them: the schema of that day, made by the migrations of that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from leakguard.ledger.heads import head_of
from leakguard.ledger.stored_findings import finding_text
from leakguard.models.findings import Finding
from leakguard.models.records import Record
from leakguard.store import schema
from leakguard.store.drivers import create_file
from leakguard.store.engine import lifting
from leakguard.store.finding_rows import findings_record, insert_findings
from leakguard.store.head_file import HeadFile
from leakguard.store.ledger_writes import write_entries
from leakguard.store.places import driver_of
from support.ledgers import START, Tokens

Batch = tuple[Sequence[Finding], Mapping[str, str]]


def make_old_store(
    place: Path | str,
    revision: str,
    *,
    run: str = "R-old",
    opening: Record | None = None,
    batches: Sequence[Batch] = (),
) -> None:
    """Make a store of `revision` with one run in it, which has `done` maps and nothing else."""
    if isinstance(place, Path):
        create_file(place)
    token = Tokens()
    with lifting(str(place), driver_of(str(place))) as (theirs, connection):
        schema.migrate(theirs, revision)
        last = write_entries(connection, run, [opening] if opening else [], now=START, token=token, witnessed=None)
        for findings, done in batches:
            texts = [finding_text(finding) for finding in findings]
            record = findings_record(findings, texts, done, now=START)
            last = write_entries(connection, run, [record], now=START, token=token, witnessed=None)
            insert_findings(connection, run, findings, texts, last[0].sequence)
    if last and isinstance(place, Path):
        HeadFile(place).write(head_of(last[-1]))
