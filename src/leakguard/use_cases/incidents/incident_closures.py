"""What an incident's records tell of closure: which findings it is about, and which of them were seen closed last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from leakguard.errors import NotAllowed
from leakguard.models.event_records import event_of, is_event_record, record_of_event
from leakguard.models.events import Event, Interval, in_force
from leakguard.models.findings import Finding
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.machines_check import CLOSURE
from leakguard.ports import Journal, ScanStore
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING, FIRST_SEEN, MET_AGAIN
from leakguard.use_cases.incidents.incidents import CLOSED, OPENED, REOPENED, findings_in, incident_of, superseded

VERIFIED, REMEDIATED = "finding_verified", "remediation_verified"
SEEN_AGAIN = "exposure_seen_again"
BEGINS = frozenset({"notice_received", FIRST_SEEN, SEEN_AGAIN})
"""Events at which the shipped playbooks begin the hours in which an exposure is to be closed."""
Sight = tuple[str, str, str]
"""A check, a place, and the address at which it was seen."""


class Closure(StrEnum):
    """What the second look says."""

    CLOSED = "closed"
    STILL_OPEN = "still_open"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """What the latest look at a finding proves, with what was recorded since."""

    CLOSED = "closed"
    NOT_CLOSED = "not_closed"
    """The look itself says so."""
    SEEN_AGAIN = "seen_again"
    """It said closed, and it was seen open since."""
    RETRACTED = "retracted"
    """It said closed, and the proof that rested on it was retracted."""


def remediated(*, vantage: str, run: str, at: Interval) -> Record:
    """The event that a new probe found all of an incident closed."""
    fields = {"vantage": vantage, "run": run}
    return record_of_event(kind=REMEDIATED, occurred_at=at, source="probed again", fields=fields)


def turns_of(incident: Incident) -> list[Event]:
    """The events that end an incident or open it again, those left out that were superseded."""
    gone = superseded(incident.events)
    kinds = {CLOSED, REOPENED, REMEDIATED}
    return [event for event in incident.events if event.kind in kinds and event.id not in gone]


def is_over(incident: Incident) -> bool:
    """Whether it was closed, or all of it proved closed, and nothing opened it again since."""
    turns = turns_of(incident)
    return bool(turns) and turns[-1].kind != REOPENED


def waits_for_begin(incident: Incident) -> bool:
    """Whether it was opened again, and nothing since says that it is open, so that no clock for closing it runs."""
    turns, gone = turns_of(incident), superseded(incident.events)
    if not turns or turns[-1].kind != REOPENED:
        return False
    since = incident.events[incident.events.index(turns[-1]) :]
    return not any(event.kind in BEGINS and event.id not in gone for event in since)


def incidents_about(
    store: ScanStore, findings: Sequence[Finding], same_if: Callable[[Finding], object] | None = None
) -> Mapping[str, tuple[tuple[Finding, Finding], ...]]:
    """Every incident about what these findings saw: each of its own findings, and which of these looked at the same.

    Each run makes a finding of its own, and a person names the latest: the same check at the same spot is the same,
    or whatever `same_if` gives the same answer for.
    """
    key = same_if or sight_of
    own = findings_by_incident(store)
    looks = {key(finding): finding for finding in findings}
    same = {finding.id: (finding, finding) for finding in findings}
    ids = set().union(*own.values()) - set(same)
    for finding in store.findings(ids=sorted(ids)):
        if key(finding) in looks:
            same[finding.id] = finding, looks[key(finding)]
    about = {
        incident: tuple(pair for incident, pair in same.items() if incident in known) for incident, known in own.items()
    }
    return {incident: pairs for incident, pairs in about.items() if pairs}


def refuse_known_place(store: ScanStore, findings: Sequence[Finding]) -> None:
    """Raise `NotAllowed`, which names the incident, where one is about the place of one of these findings already.

    The place is what was asked for: the same check at the same target, whatever run made the finding.
    """
    about = incidents_about(store, findings, place_of_finding) if findings else {}
    if not about:
        return
    incidents = [incident_of(name, tuple(store.read(name))) for name in about]
    named = next((incident for incident in incidents if not is_over(incident)), incidents[-1])
    finding = about[named.id][0][1]
    what = f"{finding.check_id} at {finding.place}"
    if not is_over(named):
        step = f"leakguard incident event {named.id} exposure_seen_again --field finding={finding.id}"
        raise NotAllowed(
            f"{named.id} is already about {what}",
            next_step=f"Record it there: {step}. For another incident about it: --again",
        )
    is_closed = named.state is IncidentState.CLOSED
    step = f"leakguard incident reopen {named.id} --reason TEXT" if is_closed else f"leakguard scan verify {finding.id}"
    raise NotAllowed(
        f"{named.id} was about {what} before, and is over",
        next_step=f"If the same is open again: {step}. For another incident about it: --again",
    )


def place_of_finding(finding: Finding) -> tuple[str, str]:
    """The check and the target, as whoever asked named it."""
    return finding.check_id, finding.place


def sight_of(finding: Finding) -> Sight:
    """The check, the place and the address; a vantage sees the same as another one."""
    from leakguard.scanning.sightings import spot_of  # noqa: PLC0415  (most incidents are read for other reasons)

    return finding.check_id, finding.place, spot_of(finding)[0]


def findings_of(records: Iterable[KeptRecord]) -> set[str]:
    """The findings of an incident, by all its records: those that it was opened with, and those that its events added.

    An event that was superseded adds none; see `findings_in`.
    """
    events = [event_of(record) for record in records if is_event_record(record)]
    return set(findings_in(events, superseded(events)))


def every_finding_in(records: Iterable[KeptRecord]) -> set[str]:
    """Every finding that these records name as one of an incident, also in events that were superseded."""
    return set(findings_in((event_of(record) for record in records if is_event_record(record)), ()))


def findings_by_incident(store: Journal) -> dict[str, set[str]]:
    """The findings of every incident, the oldest first; corrections are read only where events added a finding."""
    kept: dict[str, list[KeptRecord]] = defaultdict(list)
    for record in store.of_kinds({OPENED, *ADDS_FINDING}):
        kept[record.subject].append(record)
    return {incident: _findings_by_kinds(store, incident, records) for incident, records in kept.items()}


def _findings_by_kinds(store: Journal, incident: str, records: Sequence[KeptRecord]) -> set[str]:
    """The findings of one incident by its records of these kinds, and by its corrections where they can count."""
    if findings_of(records) == findings_of(record for record in records if record.kind == OPENED):
        return findings_of(records)
    first = min(record.sequence for record in records if record.kind in ADDS_FINDING)
    others = (each for each in store.corrections(incident, after=first) if each.kind not in ADDS_FINDING)
    return findings_of([*records, *others])


def closed_findings(records: Iterable[KeptRecord]) -> set[str]:
    """The findings whose latest look found them closed from everywhere, and that were not seen open since."""
    return {finding for finding, standing in standings(records).items() if standing is Standing.CLOSED}


def standings(records: Iterable[KeptRecord]) -> dict[str, Standing]:
    """By finding that was looked at: what the latest look at it proves.

    Who retracts a proof doubts the looks on which it rests: all that were recorded before it. A person's word, recorded
    while something was not seen closed, rests on no look.
    """
    known = tuple(records)
    events = {record.sequence: event_of(record) for record in known if is_event_record(record)}
    counts = in_force(events.values())
    found: dict[str, Standing] = {}
    looks: dict[str, Interval] = {}
    own: set[str] = set()
    for record in known:
        own |= findings_of([record])
        event = events.get(record.sequence)
        if event is None:
            if record.kind == VERIFIED:
                finding = str(record.content["finding"])
                found[finding], looks[finding] = _look(record), record.occurred_at
            continue
        closed = {finding for finding, standing in found.items() if standing is Standing.CLOSED}
        if event.kind in CLOSURE and counts[event.id].kind not in CLOSURE and own <= closed:
            found.update(dict.fromkeys(closed, Standing.RETRACTED))
        elif event.kind in MET_AGAIN and counts[event.id] is event:
            void = (finding for finding in closed if _is_seen_since(event, finding, looks[finding]))
            found.update(dict.fromkeys(void, Standing.SEEN_AGAIN))
    return found


def _look(record: KeptRecord) -> Standing:
    is_closed = record.content["closure"] == Closure.CLOSED and not record.content.get("missing")
    return Standing.CLOSED if is_closed else Standing.NOT_CLOSED


def _is_seen_since(event: Event, finding: str, look: Interval) -> bool:
    """Whether an event behind a look saw the finding open after it; one that names no finding means all of them.

    Only a time that a person stated places it before the look: the clocks of two machines may differ.
    """
    at, named = event.occurred_at, event.fields.get("finding")
    return (not named or named == finding) and (not at.stated or at.latest >= look.latest)
