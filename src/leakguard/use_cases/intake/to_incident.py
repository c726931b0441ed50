"""Turns a report into an incident: the notice with the time of its arrival, and when we were aware as a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from leakguard.clocks.times import parse_interval
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.intake.states import KINDS, NEXT, Act, Verdict
from leakguard.intake.view import HANDED_OVER, Report
from leakguard.ledger.custody import NewEvidence, items_of, new_evidence_record
from leakguard.logs import log
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval, exactly
from leakguard.models.findings import Finding
from leakguard.models.incidents import Incident
from leakguard.models.records import Record
from leakguard.models.subjects import INCIDENTS
from leakguard.ports import Now
from leakguard.use_cases.incidents.incident_closures import refuse_known_place
from leakguard.use_cases.incidents.incidents import TRIES, free_number, load_incident, opening_records
from leakguard.use_cases.intake.proposals import ReportStore
from leakguard.use_cases.intake.reports import load_report, report_and_last, triage_fields

ARRIVAL, UNDECIDED = "arrival", "undecided"
"""What may be said in the place of a time."""


class HandoverStore(ReportStore, Protocol):
    """Reports, incidents and findings, with several subjects written at once."""

    def append_all(self, records: Mapping[str, Sequence[Record]], *, after: Mapping[str, int]) -> None:
        """Keep the records of several subjects in one transaction, in their order.

        Raises `NotAllowed` when a subject of `after` has an entry beyond what it says.
        """


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
    if at.earliest > now:
        raise UsageProblem("nobody is aware in the future", next_step="Give a time that has passed.")
    return replace(at, latest=min(at.latest, now))


def to_incident(
    store: HandoverStore, identifier: str, findings: Sequence[Finding], handing: HandoverDetails, *, now: Now
) -> tuple[Report, Incident]:
    """Open an incident about the report, with its evidence; the report counts as valid from then on.

    Both are written in one transaction, so that of two people at once one opens an incident and the other is refused.
    Raises `NotFound`, and `NotAllowed` for a report that is an incident already, a duplicate, or sent by a machine,
    and where an incident is about the place of one of the findings.
    """
    for _ in range(TRIES):
        report, last = report_and_last(store, identifier)
        _refuse(report)
        moment = now()
        incident = free_number(store, f"{INCIDENTS}{moment.year}-")
        refuse_known_place(store, findings)  # behind the choice of the number, which any other opening takes
        begins = opening_records(
            findings, now=moment, title=handing.title or _title(report, findings), zone=handing.zone,
            then=[_notice(report, handing), *_awareness(handing)], open_since=handing.open_since,
        )  # fmt: skip
        records = {
            incident: (*begins, *_evidence(store, report, handing)),
            identifier: _handed_over(report, incident, findings, at=exactly(moment)),
        }
        try:
            store.append_all(records, after={incident: 0, identifier: last})
        except NotAllowed:  # somebody else has this number, or wrote about the report: look again
            continue
        log.info("incident_opened", incident=incident)
        log.info("report_changed", report=identifier, kind=HANDED_OVER)
        return load_report(store, identifier), load_incident(store, incident)
    raise NotAllowed(f"{identifier} is being written by many at this very moment", next_step="Try again.")


def _evidence(store: HandoverStore, report: Report, handing: HandoverDetails) -> list[Record]:
    """The pieces of the report, which belong to the incident as well."""
    kept = [item for item in items_of(store.read(report.id)) if item.has_copy]
    at = exactly(report.received_at)
    return [
        new_evidence_record(
            NewEvidence(name=item.name, sha256=item.sha256, size=item.size, by=handing.by,
                        source=f"report {report.id}, {kept[0].id}", note=item.note, has_copy=True), at=at,
        )
        for item in kept
    ]  # fmt: skip


def _handed_over(report: Report, incident: str, findings: Sequence[Finding], *, at: Interval) -> list[Record]:
    """What the report says of it: that it is valid, where that can still be said, and which incident it is."""
    names = tuple(finding.id for finding in findings)
    triaged = [Record(kind=KINDS[Act.TRIAGE], occurred_at=at, content=triage_fields(Verdict.VALID, findings=names))]
    handed = Record(kind=HANDED_OVER, occurred_at=at, content={"incident": incident})
    return [*(triaged if Act.TRIAGE in NEXT[report.state] else ()), handed]


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
