"""Proves closure by probing again: closed only when the port is closed or a login is asked for, never on a silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from leakguard.errors import NotAllowed, NotFound
from leakguard.models.event_records import is_event_record, record_of_event
from leakguard.models.findings import Finding
from leakguard.models.records import KeptRecord, Record
from leakguard.models.targets import endpoint_key
from leakguard.ports import Now, ScanStore
from leakguard.scanning.diff import worst_of
from leakguard.use_cases.examination import TargetStanding
from leakguard.use_cases.scan_assets import exactly

VERIFIED = "finding_verified"
ATTEMPTS = 5
"""Somebody may write into the incident while we probe; a proof that was paid for is not thrown away for that."""


class Closure(StrEnum):
    """What the second look says."""

    CLOSED = "closed"
    STILL_OPEN = "still_open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One finding, looked at again."""

    finding: Finding
    closure: Closure
    run: str
    now: Finding | None
    """What the new probe found, if it found anything to judge."""


_CLOSURES = {
    TargetStanding.CLOSED: Closure.CLOSED,
    TargetStanding.PROTECTED: Closure.CLOSED,
    TargetStanding.EXPOSED: Closure.STILL_OPEN,
}


def findings_to_verify(store: ScanStore, ids: Sequence[str]) -> tuple[Finding, ...]:
    """The findings by id; raises `NotFound` that names the unknown ones."""
    found = {finding.id: finding for finding in store.findings(ids=ids)}
    unknown = [identifier for identifier in ids if identifier not in found]
    if unknown:
        raise NotFound(
            f"the store knows no finding {', '.join(f'`{item[:40]}`' for item in unknown)}",
            next_step="List them: leakguard scan show RUN",
        )
    return tuple(found[identifier] for identifier in dict.fromkeys(ids))


def judge_closure(
    findings: Sequence[Finding], *, run: str, standings: Mapping[str, str], again: Iterable[Finding]
) -> tuple[Verified, ...]:
    """Hold each old finding against what the new run says of its endpoint.

    `standings` maps the key of each endpoint to how it stands now. A bucket is judged by its own finding.
    """
    seen = worst_of(again)
    standings = {key.split("/")[0]: standing for key, standing in standings.items()}
    return tuple(
        Verified(
            finding=finding, run=run, now=(now := seen.get((finding.check_id, finding.place))),
            closure=_closure(finding, now, standings),
        )
        for finding in findings
    )  # fmt: skip


def _closure(finding: Finding, now: Finding | None, standings: Mapping[str, str]) -> Closure:
    """The worst word on the target counts; closure is claimed only for the address that was seen open."""
    is_bucket = "/" in finding.target
    standing = standings.get(endpoint_key(finding.address, finding.port, finding.host))
    if now is not None:
        closure = _BY_OUTCOME.get(now.verdict.outcome.value, Closure.UNKNOWN)
        is_looked_at = is_bucket or standing is not None
        return closure if is_looked_at or closure is not Closure.CLOSED else Closure.UNKNOWN
    if standing is None or (is_bucket and standing != TargetStanding.CLOSED):
        return Closure.UNKNOWN
    return _CLOSURES.get(TargetStanding(standing), Closure.UNKNOWN)


_BY_OUTCOME = {
    "exposed": Closure.STILL_OPEN,
    "partially_exposed": Closure.STILL_OPEN,
    "not_exposed": Closure.CLOSED,
}


def record_closure(store: ScanStore, verified: Sequence[Verified], *, vantage: str, now: Now) -> tuple[str, ...]:
    """Write the result into every incident that has one of the findings; returns the incidents now closed.

    `remediation_verified` is recorded once all findings of an incident are seen closed.
    """
    incidents = incidents_with(store, {item.finding.id for item in verified})
    return tuple(one for one in incidents if _record_in(store, one, verified, vantage=vantage, now=now))


def _record_in(store: ScanStore, incident: str, verified: Sequence[Verified], *, vantage: str, now: Now) -> bool:
    """Write the looks at its findings into one incident; whether all of it is closed now."""
    for attempt in range(ATTEMPTS):
        records = list(store.read(incident))
        new, is_closed = _entries(records, verified, vantage=vantage, now=now)
        try:
            store.append(incident, new, after=records[-1].sequence)
        except NotAllowed:
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            break
    return is_closed


def _entries(
    records: Sequence[KeptRecord], verified: Sequence[Verified], *, vantage: str, now: Now
) -> tuple[list[Record], bool]:
    own = _findings_of(records)
    results = [item for item in verified if item.finding.id in own]
    new = [_look(item, vantage, now) for item in results]
    state = _closures(records) | {item.finding.id: item.closure.value for item in results}
    is_closed = all(state.get(finding) == Closure.CLOSED for finding in own)
    if is_closed:
        fields = {"vantage": vantage, "run": results[0].run}
        when = exactly(now())
        new.append(record_of_event(kind="remediation_verified", occurred_at=when, source="probed again", fields=fields))
    return new, is_closed


def _look(item: Verified, vantage: str, now: Now) -> Record:
    content = {"finding": item.finding.id, "closure": item.closure.value, "run": item.run, "vantage": vantage}
    return Record(kind=VERIFIED, occurred_at=exactly(now()), content=content)


def incidents_with(store: ScanStore, findings: set[str]) -> tuple[str, ...]:
    """Every incident that was opened from one of the findings."""
    return tuple(dict.fromkeys(record.subject for record in store.read() if findings & _findings_of([record])))


def _findings_of(records: Iterable[KeptRecord]) -> set[str]:
    return {
        str(finding)
        for record in records
        if record.kind == "incident_opened"
        for finding in (record.content.get("fields") or record.content).get("findings", ())
    }


def _closures(records: Iterable[KeptRecord]) -> dict[str, str]:
    """The latest look at each finding."""
    return {
        str(record.content["finding"]): str(record.content["closure"])
        for record in records
        if record.kind == VERIFIED and not is_event_record(record)
    }
