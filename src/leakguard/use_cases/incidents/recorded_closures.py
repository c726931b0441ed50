"""Closures on record: what incidents have as closed, by a look or by a person's word, against what is open now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.frozen import Frozen
from leakguard.models.event_records import event_id, event_of, is_event_record
from leakguard.models.findings import Finding
from leakguard.models.records import KeptRecord
from leakguard.ports import ScanStore
from leakguard.use_cases.incidents.incident_closures import (
    REMEDIATED,
    VERIFIED,
    Closure,
    Sight,
    Standing,
    findings_by_incident,
    findings_of,
    incidents_about,
    is_over,
    sight_of,
    standings,
)
from leakguard.use_cases.incidents.incident_findings import is_seen_open
from leakguard.use_cases.incidents.incidents import CLOSED, incident_of, superseded


class RecordedClosure(Frozen):
    """What an incident has on record as closed."""

    incident: str
    finding: str
    """The incident's own finding."""
    sight: Sight
    entry: int
    """The entry of the ledger that says so; what was seen open by a later one is open again."""
    at: datetime
    is_proved: bool
    """Whether a look proved it; otherwise it is a person's word."""
    is_over: bool
    """Whether the incident is over, so that an exposure that is seen again reopens it."""


class Contradiction(Frozen):
    """The last look at a finding, which said that it is still open."""

    finding: str
    run: str
    vantage: str
    at: datetime


def closures_in(records: Sequence[KeptRecord]) -> dict[str, KeptRecord]:
    """By finding of an incident: the record by which it counts as closed, a look or a person's word."""
    proved = _seen_closed(records)
    found = {finding: record for finding, record in _last_looks(records).items() if finding in proved}
    word = _word(records)
    if word is not None:
        own = findings_of(records)
        found |= {
            identifier: word
            for identifier in own
            if identifier not in found or found[identifier].sequence < word.sequence
        }
    return found


def contradictions(records: Sequence[KeptRecord]) -> tuple[Contradiction, ...]:
    """The findings of an incident whose last look said that they are still open."""
    own = findings_of(records)
    return tuple(
        Contradiction(
            finding=finding, run=str(look.content.get("run")), vantage=str(look.content.get("vantage")),
            at=look.occurred_at.latest,
        )
        for finding, look in _last_looks(records).items()
        if finding in own and look.content.get("closure") == Closure.STILL_OPEN
    )  # fmt: skip


def closures_seen_open(store: ScanStore, sights: Mapping[Sight, int]) -> tuple[RecordedClosure, ...]:
    """The closures on record that do not hold: each was seen open by a later entry, which `sights` gives."""
    pairs = (
        [(incident, finding) for incident, finding in _candidates(store) if sight_of(finding) in sights]
        if sights
        else []
    )
    found = (each for incident in dict.fromkeys(name for name, _ in pairs) for each in _of(store, incident, pairs))
    return tuple(closure for closure in found if closure.entry < sights[closure.sight])


def closures_about(store: ScanStore, findings: Sequence[Finding]) -> Mapping[str, tuple[RecordedClosure, ...]]:
    """By the id of each finding: the closures on record of what it saw, whatever finding an incident knows it by."""
    found: dict[str, list[RecordedClosure]] = {}
    for incident, about in incidents_about(store, findings).items():
        pairs = [(incident, own) for own, _ in about]
        seen = {own.id: look.id for own, look in about}
        for closure in _of(store, incident, pairs):
            found.setdefault(seen[closure.finding], []).append(closure)
    return {finding: tuple(closures) for finding, closures in found.items()}


def reopened_in(store: ScanStore, run: str) -> tuple[tuple[RecordedClosure, Finding], ...]:
    """What a run found open although an incident has it on record as closed, each with the finding of the run."""
    places = {(finding.check_id, finding.place) for _, finding in _candidates(store)}
    ids = [glance.id for glance in store.glances(run) if glance.is_open and (glance.check_id, glance.place) in places]
    if not ids:
        return ()
    entry = max((record.sequence for record in store.of_kinds({"findings_recorded"}, run)), default=0)
    seen = {sight_of(finding): finding for finding in store.findings(ids=ids)}
    closures = closures_seen_open(store, dict.fromkeys(seen, entry))
    return tuple((closure, seen[closure.sight]) for closure in closures)


def _of(store: ScanStore, incident: str, pairs: Collection[tuple[str, Finding]]) -> Iterator[RecordedClosure]:
    records = tuple(store.read(incident))
    closures, proved = closures_in(records), _seen_closed(records)
    over = is_over(incident_of(incident, records))
    for finding in (finding for name, finding in pairs if name == incident and finding.id in closures):
        record = closures[finding.id]
        yield RecordedClosure(
            incident=incident, finding=finding.id, sight=sight_of(finding), entry=record.sequence,
            at=record.occurred_at.latest, is_proved=finding.id in proved, is_over=over,
        )  # fmt: skip


def _candidates(store: ScanStore) -> list[tuple[str, Finding]]:
    """The findings of incidents in which something was ever recorded as closed."""
    closing = {record.subject for record in store.of_kinds({VERIFIED, REMEDIATED, CLOSED})}
    if not closing:
        return []
    own = {incident: found for incident, found in findings_by_incident(store).items() if incident in closing}
    ids = sorted(set().union(*own.values()))
    found = {finding.id: finding for finding in store.findings(ids=ids)} if ids else {}
    return [
        (incident, found[identifier])
        for incident, known in own.items()
        for identifier in sorted(known)
        if identifier in found
    ]


def _seen_closed(records: Sequence[KeptRecord]) -> set[str]:
    """The findings that a look proved closed.

    Also where a person saw them open since: a scan that sees the same opens an incident again that was over.
    """
    proved = {Standing.CLOSED, Standing.SEEN_AGAIN}
    return {finding for finding, standing in standings(records).items() if standing in proved}


def _last_looks(records: Sequence[KeptRecord]) -> dict[str, KeptRecord]:
    looks = (record for record in records if record.kind == VERIFIED and not is_event_record(record))
    return {str(look.content.get("finding")): look for look in looks}


def _word(records: Sequence[KeptRecord]) -> KeptRecord | None:
    """The event by which all of an incident counts as closed, unless it was seen again since.

    That the incident was reopened says nothing of its exposures: the next look that finds one open is still the first.
    `closed` ends the incident and says nothing of its exposures, unless a look had just said that they are open.
    """
    events = incident_of("", records).events
    gone, word = superseded(events), None
    for position, record in enumerate(records):
        if not is_event_record(record) or event_id(record.sequence) in gone:
            continue
        if is_seen_open(event_of(record)):
            word = None
        elif record.kind == REMEDIATED or (
            record.kind == CLOSED and word is None and contradictions(records[:position])
        ):
            word = record
    return word
