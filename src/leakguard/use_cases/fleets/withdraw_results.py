"""Withdraws what a worker reported: its results count no longer, and what was closed on its word is open again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.models.findings import Finding
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import Now, ScanStore
from leakguard.use_cases.fleets.fleet_reports import shards_of
from leakguard.use_cases.incidents.incident_closures import (
    SEEN_AGAIN,
    VERIFIED,
    Closure,
    closed_findings,
    is_over,
)
from leakguard.use_cases.incidents.incidents import REOPENED, incident_of
from leakguard.use_cases.scans.exposures import history_of_places
from leakguard.use_cases.scans.withdrawals import WITHDRAWN, withdrawn_of

ATTEMPTS = 5
"""Somebody may write into the incident at the same time."""


class Withdrawal(Frozen):
    """What a person wants."""

    worker: str
    """The name of its key in [fleet.trusted]."""
    since: datetime
    by: str
    reason: str


class WithdrawnResults(Frozen):
    """What was withdrawn, and what that opened again."""

    shards: int
    runs: tuple[str, ...]
    findings: tuple[str, ...]
    """Findings of incidents that were seen closed on the worker's word, and have to be verified again."""
    incidents: tuple[str, ...]
    """Incidents that were over, and are open again."""


def withdraw_results(store: ScanStore, withdrawal: Withdrawal, *, now: Now) -> WithdrawnResults:
    """Record that a worker's results since a moment count no longer; raises `UsageProblem`, and `NotFound` for none.

    Where an earlier withdrawal was cut off before all incidents were told, this finishes it.
    """
    if not withdrawal.by.strip() or not withdrawal.reason.strip():
        raise UsageProblem("a withdrawal needs who decided it, and why", next_step="Say so: --by NAME --reason TEXT.")
    before = {each.subject for each in store.of_kinds({WITHDRAWN}) if each.content.get("worker") == withdrawal.worker}
    found = shards_of(store, withdrawal.worker, since=withdrawal.since)
    for run, (of, shards) in found.items():
        content = {
            "shards": sorted(shards), "of": of, "worker": withdrawal.worker, "since": to_z(withdrawal.since),
            "by": withdrawal.by,
            "reason": withdrawal.reason,
        }  # fmt: skip
        store.append(run, [Record(kind=WITHDRAWN, occurred_at=exactly(now()), content=content)])
    again, reopened = _opened_again(store, sorted({*found, *before}), withdrawal, now)
    if not found and not again:
        raise NotFound(
            f"the fleet has no result of `{withdrawal.worker[:60]}` since {to_z(withdrawal.since)} that still counts",
            next_step="List what there is: leakguard fleet reports",
        )
    return WithdrawnResults(
        shards=sum(len(shards) for _, shards in found.values()), runs=tuple(found), findings=again, incidents=reopened
    )


def _opened_again(
    store: ScanStore, runs: Sequence[str], withdrawal: Withdrawal, now: Now
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say in every incident which of its findings nobody has seen closed any more."""
    again: list[str] = []
    reopened: list[str] = []
    looks = sorted(store.of_kinds({VERIFIED}), key=lambda record: record.subject)
    for incident, _ in groupby(looks, key=lambda record: record.subject):
        doubted = _doubted(store, runs, tuple(store.read(incident)))
        if doubted:
            again += [finding.id for finding in doubted]
            reopened += [incident] if _record(store, incident, doubted, withdrawal, now) else []
    return tuple(again), tuple(reopened)


def _doubted(store: ScanStore, runs: Sequence[str], records: Sequence[KeptRecord]) -> tuple[Finding, ...]:
    """The findings of an incident that count as closed, and are open by what is left of the history."""
    closed = sorted(closed_findings(records))
    gone = [withdrawn_of(store, run) for run in runs]
    held = (
        [finding for finding in store.findings(ids=closed) if any(each.has(finding.address) for each in gone)]
        if closed
        else []
    )
    if not held:
        return ()
    history = history_of_places(store, {(finding.check_id, finding.place) for finding in held})
    return tuple(finding for finding in held if history.open_spots((finding.check_id, finding.place)))


def _record(store: ScanStore, incident: str, doubted: Sequence[Finding], withdrawal: Withdrawal, now: Now) -> bool:
    """Write it into the incident; whether it was over, and is open again."""
    for attempt in range(ATTEMPTS):
        records = tuple(store.read(incident))
        was_over = is_over(incident_of(incident, records))
        at = now()
        try:
            new = list(_entries(doubted, withdrawal, at, was_over=was_over))
            store.append(incident, new, after=records[-1].sequence)
        except NotAllowed:
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            break
    return was_over


def _entries(doubted: Sequence[Finding], withdrawal: Withdrawal, at: datetime, *, was_over: bool) -> Iterator[Record]:
    """With an incident that is opened again its 24 hours begin anew: nothing proves any more that it was closed."""
    source = f"withdrawn by {withdrawal.by}"
    word = f"closed on the word of {withdrawal.worker} alone, which is withdrawn"
    if was_over:
        places = ", ".join(finding.place for finding in doubted[:3])
        yield record_of_event(
            kind=REOPENED, occurred_at=exactly(at), source=source, reason=f"{word}: {places}",
            fields={"finding": doubted[0].id},
        )  # fmt: skip
    for finding in doubted:
        if was_over:
            fields = {
                "finding": finding.id, "run": finding.run, "vantage": finding.vantage, "check": finding.check_id,
                "target": finding.place, "what": "withdrawn",
            }  # fmt: skip
            yield record_of_event(kind=SEEN_AGAIN, occurred_at=exactly(at), source=source, reason=word, fields=fields)
        content = {
            "finding": finding.id, "closure": Closure.UNKNOWN.value, "run": finding.run, "vantage": finding.vantage,
            "reason_code": "withdrawn",
        }  # fmt: skip
        yield Record(kind=VERIFIED, occurred_at=exactly(at), content=content)
