"""Turns a report into an incident: the notice with the time of its arrival, and when we were aware as a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from leakguard.clocks.times import parse_interval
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.frozen import Frozen
from leakguard.intake.states import NEXT, Act, Verdict
from leakguard.intake.view import HANDED_OVER, Report
from leakguard.ledger.custody import NewEvidence, items_of, new_evidence_record
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval, exactly
from leakguard.models.findings import Finding
from leakguard.models.incidents import Incident
from leakguard.models.records import Record
from leakguard.ports import Now
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.intake.proposals import ReportStore
from leakguard.use_cases.intake.reports import load_report, note, triage

ARRIVAL, UNDECIDED = "arrival", "undecided"
"""What may be said in the place of a time."""


class HandoverDetails(Frozen):
    """What a person says about a report that becomes an incident."""

    by: str
    title: str
    zone: str
    aware_at: Interval | None
    """When one of our people knew enough; `None` while nobody has decided."""
    reason: str = ""
    open_since: Mapping[str, datetime] = MappingProxyType({})


def awareness_in(stated: str, report: Report, *, zone: str, now: datetime) -> Interval | None:
    """Since when we are aware: a time, a day, `arrival` or `undecided`; raises `UsageProblem` for the future."""
    if stated == UNDECIDED:
        return None
    if stated == ARRIVAL:
        return exactly(report.received_at)
    at = parse_interval(stated, zone=zone)
    if at.latest > now:
        raise UsageProblem("nobody is aware in the future", next_step="Give a time that has passed.")
    return at


def to_incident(
    store: ReportStore, identifier: str, findings: Sequence[Finding], handing: HandoverDetails, *, now: Now
) -> tuple[Report, Incident]:
    """Open an incident about the report, with its evidence; the report counts as valid from then on.

    Raises `NotFound`, and `NotAllowed` for a report that is an incident already, a duplicate, or sent by a machine.
    """
    report = load_report(store, identifier)
    _refuse(report)
    moment = now()
    then = [_notice(report, handing), *_awareness(handing)]
    incident = open_incident(
        store, findings, now=moment, title=handing.title or _title(report, findings), zone=handing.zone, then=then,
        open_since=handing.open_since,
    )  # fmt: skip
    kept = [item for item in items_of(store.read(report.id)) if item.has_copy]
    if kept:
        source = f"report {report.id}, {kept[0].id}"
        at = Interval(earliest=report.received_at, latest=report.received_at)
        store.append(incident.id, [
            new_evidence_record(
                NewEvidence(name=item.name, sha256=item.sha256, size=item.size, by=handing.by, source=source,
                        note=item.note, has_copy=True), at=at,
            )
            for item in kept
        ])  # fmt: skip
    if Act.TRIAGE in NEXT[report.state]:
        triage(store, identifier, Verdict.VALID, now=now, findings=tuple(finding.id for finding in findings))
    note(store, report, HANDED_OVER, {"incident": incident.id}, now=now)
    return load_report(store, identifier), incident


def _refuse(report: Report) -> None:
    if report.incident:
        raise NotAllowed(
            f"{report.id} is {report.incident} already", next_step=f"leakguard incident show {report.incident}"
        )
    if report.duplicate_of and report.verdict is Verdict.DUPLICATE:
        raise NotAllowed(
            f"{report.id} repeats {report.duplicate_of}", next_step=f"leakguard report show {report.duplicate_of}"
        )
    if report.is_erased or not report.is_open:
        raise NotAllowed(f"{report.id} is closed", next_step=f"Open it again: leakguard report reopen {report.id}")


def _title(report: Report, findings: Sequence[Finding]) -> str:
    """What was found says more than the words of a stranger, which stand in the evidence."""
    return "" if findings else f"A report from outside ({report.id})"


def _notice(report: Report, handing: HandoverDetails) -> Record:
    fields = {"sender": "somebody outside", "channel": report.channel, "evidence": report.id}
    at = Interval(earliest=report.received_at, latest=report.received_at, zone=handing.zone)
    return record_of_event(kind="notice_received", occurred_at=at, source=report.id, fields=fields)


def _awareness(handing: HandoverDetails) -> list[Record]:
    if handing.aware_at is None:
        return []
    fields = {"decider": handing.by, "basis": handing.reason or "a report from outside"}
    return [record_of_event(kind="awareness", occurred_at=handing.aware_at, reason=handing.reason, fields=fields)]
