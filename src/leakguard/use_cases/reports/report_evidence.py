"""What proves the incident: findings, files, what steps and events name, and the ledger that keeps it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard.ledger.custody import ADDED, CustodyEvent, EvidenceItem, items_of
from leakguard.ledger.entries import Entry, raw_system_time
from leakguard.models.event_records import event_id, event_of, is_event_record
from leakguard.models.findings import Finding
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import STEP_DONE
from leakguard.reports.values import Evidence, LedgerState, ReportFinding
from leakguard.use_cases.reports.report_story import shown


def findings_in(findings: Iterable[Finding]) -> tuple[ReportFinding, ...]:
    """Findings as a report shows them."""
    return tuple(
        ReportFinding(
            id=finding.id,
            what=" ".join(filter(None, (finding.verdict.product or finding.datastore, finding.verdict.version))),
            place=finding.place, severity=finding.verdict.severity.value, reason=finding.verdict.reason,
            records=finding.verdict.size.records if finding.verdict.size is not None else None,
            bytes=finding.verdict.size.bytes if finding.verdict.size is not None else None,
            is_exact=finding.verdict.size is None or finding.verdict.size.exact, observed_at=finding.observed_at,
            transcript_sha256=finding.proof.transcript_sha256 or "",
        )
        for finding in findings
    )  # fmt: skip


def evidence_in(records: Sequence[KeptRecord]) -> tuple[Evidence, ...]:
    """Files that were taken in, and evidence that steps and events name, in the order of the ledger."""
    files = {item.sequence: item for item in items_of(records)}
    return tuple(evidence for record in records for evidence in _of_record(record, files.get(record.sequence)))


def ledger_state(entries: Iterable[Entry], incident: str, known_at: datetime, answer: str) -> LedgerState:
    """Where the ledger ended at `known_at`; raises `ValueError` for one that has no entry."""
    last: Entry | None = None
    own = 0
    for entry in entries:
        if last is None or (raw_system_time(entry) or from_z(entry.recorded_at)) <= known_at:
            last = entry
            own += entry.subject == incident
    if last is None:
        raise ValueError("a report needs a ledger with an entry")
    return LedgerState(
        sequence=last.sequence, hash=last.hash, recorded_at=from_z(last.recorded_at), own_entries=own, answer=answer
    )


def _of_record(record: KeptRecord, item: EvidenceItem | None) -> Iterator[Evidence]:
    if item is not None:
        yield _file(record, item)
    elif record.kind == STEP_DONE:
        by = record.content.get("by") or record.content.get("step") or ""
        yield from (_named(record, text, by) for text in record.content.get("evidence") or ())
    elif is_event_record(record):
        event = event_of(record)
        # A step's event repeats the evidence of the step.
        if event.fields.get("evidence") and not event.fields.get("step"):
            yield _named(record, event.fields["evidence"], event.source)


def _file(record: KeptRecord, item: EvidenceItem) -> Evidence:
    return Evidence(
        id=item.id, what=shown(item.name), by=shown(item.by), at=item.collected_at, sha256=item.sha256, size=item.size,
        entry=record.sequence, entry_hash=record.hash,
        custody=tuple(_act(act) for act in item.custody if act.kind != ADDED),
    )  # fmt: skip


def _act(act: CustodyEvent) -> str:
    what = act.kind.removeprefix("evidence_").replace("_", " ")
    gap = f"a gap: until then it was with {shown(act.holder)}" if act.is_gap else ""
    return ", ".join(filter(None, (what, shown(act.by), shown(act.text), to_z(act.at), gap)))


def _named(record: KeptRecord, text: Any, by: Any) -> Evidence:  # noqa: ANN401  (JSON holds anything)
    return Evidence(
        id=event_id(record.sequence), what=shown(text), by=shown(by), at=record.occurred_at.earliest, sha256="",
        size=None, entry=record.sequence, entry_hash=record.hash,
    )  # fmt: skip
