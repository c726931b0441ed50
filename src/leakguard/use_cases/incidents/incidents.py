"""Opens incidents and tells how they stand; an incident is nothing but a view of its events."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.logs import log
from leakguard.models.event_records import event_of, is_event_record, record_of_event
from leakguard.models.events import Event, Interval
from leakguard.models.findings import Finding
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import IncidentStore, Journal
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING, first_seen, refuse_harmless, title_of

OPENED = "incident_opened"
CLOSED, REOPENED = "closed", "reopened"
TRIES = 20
"""How often a lost race for a number or a place is repeated; each loss means that somebody else got further."""


def open_incident(  # noqa: PLR0913  (each is named where it is given)
    store: IncidentStore,
    findings: Sequence[Finding],
    *,
    now: datetime,
    title: str = "",
    zone: str = "UTC",
    playbook: str = "",
    then: Sequence[Record] = (),
    open_since: Mapping[str, datetime] = MappingProxyType({}),
    refuse: Callable[[], None] | None = None,
) -> Incident:
    """Open an incident about `findings`, or about `title` alone; returns it as kept.

    `then` are events that are recorded with the opening, in the same transaction. `open_since` says, by the ids of
    findings, when what had been proved closed was first seen open again: the clocks of an earlier exposure are over.
    `refuse` raises where no incident may be opened; no other one opens between its answer and the writing.

    Raises `NotAllowed` when findings are given and none of them is an exposure, `UsageProblem` when there is nothing
    that says what the incident is about.
    """
    opening = opening_records(
        findings, now=now, title=title, zone=zone, playbook=playbook, then=then, open_since=open_since
    )
    return append_new(store, opening, now=now, refuse=refuse)


def opening_records(
    findings: Sequence[Finding], *, now: datetime, title: str = "", zone: str = "UTC", playbook: str = "",
    then: Sequence[Record] = (), open_since: Mapping[str, datetime] = MappingProxyType({}),
) -> tuple[Record, ...]:  # fmt: skip
    """With what an incident begins, for whoever keeps more in the same transaction; raises as `open_incident`."""
    refuse_harmless(findings)
    name = title or title_of(findings)
    if not name:
        raise UsageProblem("an incident needs something to be about", next_step="Name a --finding or a --title.")
    opening = opening_record(name, findings, now=now, zone=zone, playbook=playbook)
    return (opening, *then, *first_seen(findings, open_since))


def load_incident(store: Journal, identifier: str) -> Incident:
    """The incident as its events tell it; raises `NotFound`."""
    return incident_of(identifier, store.read(identifier))


def incident_of(identifier: str, records: Iterable[KeptRecord]) -> Incident:
    """The incident that these records of one subject tell of; raises `NotFound` when they tell of none."""
    events = tuple(event_of(record) for record in records if is_event_record(record))
    opening = next((event for event in events if event.kind == OPENED), None)
    if opening is None:
        raise NotFound(f"there is no incident `{identifier[:60]}`", next_step="List them: leakguard incident list")
    gone = superseded(events)
    return Incident(
        id=identifier,
        title=str(opening.fields.get("title") or "(no title)"),
        state=state_of(events, gone),
        opened_at=opening.occurred_at.earliest,
        findings=findings_in(events, gone),
        events=events,
        zone=str(opening.fields.get("zone") or "UTC"),
    )


def superseded(events: Iterable[Event]) -> dict[str, str]:
    """Which event was superseded by which later one."""
    return {event.corrects: event.id for event in events if event.corrects}


def findings_in(events: Iterable[Event], gone: Container[str]) -> tuple[str, ...]:
    """The findings of an incident: those that it was opened with, then those that its events added.

    `gone` are the events that were superseded: they add nothing. A correction that names no finding, such as one of the
    time alone, is about the finding of the event that it corrects.
    """
    opened: list[str] = []
    added: dict[str, str] = {}
    for event in events:
        if event.kind == OPENED:
            opened += map(str, event.fields.get("findings") or ())
        elif event.kind in ADDS_FINDING:
            added[event.id] = str(event.fields.get("finding") or added.get(event.corrects or "", ""))
    return tuple(dict.fromkeys([*opened, *(named for name, named in added.items() if named and name not in gone)]))


def state_of(events: Iterable[Event], gone: Container[str]) -> IncidentState:
    """Whether an incident is closed, by its events in their order; `gone` are those that were superseded."""
    turns = [event.kind for event in events if event.kind in {CLOSED, REOPENED} and event.id not in gone]
    return IncidentState.CLOSED if turns and turns[-1] == CLOSED else IncidentState.OPEN


def append_new(
    store: IncidentStore, records: Sequence[Record], *, now: datetime, refuse: Callable[[], None] | None = None
) -> Incident:
    """Open an incident with these records; raises as `append_numbered`."""
    kept = append_numbered(
        store, f"IR-{now.year}-", records, busy="many incidents are being opened at this very moment", refuse=refuse
    )
    log.info("incident_opened", incident=kept[0].subject)
    return incident_of(kept[0].subject, kept)


def append_numbered(
    store: IncidentStore, prefix: str, records: Sequence[Record], *, busy: str,
    refuse: Callable[[], None] | None = None,
) -> tuple[KeptRecord, ...]:  # fmt: skip
    """Keep records under the next free number of `prefix`, as `IR-2026-0001`; who loses the race takes the one after.

    `refuse` is asked behind the choice of each number: what somebody else keeps meanwhile takes that number, so it is
    asked again. Raises `NotAllowed`, which says `busy`, after `TRIES` lost races.
    """
    number = len(store.subjects(prefix))
    for _ in range(TRIES):
        number += 1
        if refuse is not None:
            refuse()
        try:
            return store.append(f"{prefix}{number:04}", records, after=0)
        except NotAllowed:
            continue
    raise NotAllowed(busy, next_step="Try again.")


def free_number(store: IncidentStore, prefix: str) -> str:
    """The next subject of `prefix`, as `IR-2026-0001`, that has no entry yet; somebody else may take it first."""
    number = len(store.subjects(prefix)) + 1
    while store.last(f"{prefix}{number:04}") is not None:
        number += 1
    return f"{prefix}{number:04}"


def opening_record(title: str, findings: Sequence[Finding], *, now: datetime, zone: str, playbook: str) -> Record:
    """With what every incident begins."""
    fields: dict[str, object] = {"title": title, "zone": zone, "findings": [finding.id for finding in findings]}
    if playbook:
        fields["playbook"] = playbook
    return record_of_event(kind=OPENED, occurred_at=Interval(earliest=now, latest=now, zone=zone), fields=fields)
