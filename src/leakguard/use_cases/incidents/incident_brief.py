"""What has to be known of an incident to record something in it: read without its other events, however many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from leakguard.errors import NotFound
from leakguard.frozen import Frozen, replace
from leakguard.ledger.clock_skew import SKEW
from leakguard.models.event_records import event_of, is_event_record, sequence_of
from leakguard.models.events import Event
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.records import KeptRecord
from leakguard.ports import Journal
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incidents import (
    CLOSED,
    OPENED,
    REOPENED,
    findings_in,
    incident_of,
    state_of,
    superseded,
)

DECIDING = (OPENED, CLOSED, REOPENED, *sorted(ADDS_FINDING))
"""The kinds of events that say what an incident is called, whether it is closed, and which findings it has."""
_INCIDENT = "IR-"


class Brief(Frozen):
    """An incident without its events."""

    id: str
    zone: str
    state: IncidentState
    last: KeptRecord
    """Its last record: whoever appends behind a later one has to look again."""

    def latest(self, now: datetime) -> datetime:
        """Up to when something can have happened: `now`, or the last record where that is ahead by two minutes at most.

        The clocks of two machines differ by as much; what one of them has recorded has happened for the other too.
        """
        at = self.last.recorded_at
        return at if now < at <= now + SKEW else now


def brief_of(journal: Journal, identifier: str) -> Brief:
    """How an incident stands; raises `NotFound`."""
    last = journal.last(identifier)  # first: what is written meanwhile lies behind it
    turns = tuple(journal.of_kinds((OPENED, CLOSED, REOPENED), identifier))
    events = tuple(event_of(record) for record in turns if is_event_record(record))
    opening = next((event for event in events if event.kind == OPENED), None)
    if opening is None or last is None:
        raise NotFound(f"there is no incident `{identifier[:60]}`", next_step="List them: leakguard incident list")
    gone = set(corrected(journal, identifier, after=turns[1].sequence)) if len(turns) > 1 else set()
    zone = str(opening.fields.get("zone") or "UTC")
    return Brief(id=identifier, zone=zone, state=state_of(events, gone), last=last)


def incidents_in_brief(journal: Journal) -> Iterator[Incident]:
    """Every incident, the oldest first, with those events alone that say its title, its state and its findings."""
    found: dict[str, list[KeptRecord]] = {}
    for record in journal.of_kinds(DECIDING):
        if record.subject.startswith(_INCIDENT):
            found.setdefault(record.subject, []).append(record)
    for identifier, records in found.items():
        yield incident_in_brief(journal, identifier, records)


def incident_in_brief(journal: Journal, identifier: str, records: Sequence[KeptRecord]) -> Incident:
    """One incident, of records that have all of its kinds `DECIDING`; its corrections are read where they can count."""
    found = incident_of(identifier, records)
    has_more = found.findings != findings_in(found.events[:1], ())
    counting = {CLOSED, REOPENED, *(ADDS_FINDING if has_more else ())}
    places = [sequence_of(event.id) or 0 for event in found.events if event.kind in counting]
    gone = corrected(journal, identifier, after=min(places) - 1) if places else {}
    return replace(found, state=state_of(found.events, gone), findings=findings_in(found.events, gone))


class EventContext(Frozen):
    """What stands around an event in its incident and bears on what was meant by it."""

    corrected: Event | None
    """The event that it corrects."""
    retracted_with: tuple[Event, ...] = ()
    """For an event `retracted`: what the corrected event itself had corrected, the latest first."""
    notices: tuple[Event, ...] = ()
    """For an event `awareness`: the notices that were received and count."""


def around_of(journal: Journal, identifier: str, event: Event) -> EventContext:
    """What stands around an event; only what bears on it is read."""
    old = event_at(journal, identifier, event.corrects) if event.corrects is not None else None
    if event.kind == "retracted" and old is not None:
        return EventContext(corrected=old, retracted_with=tuple(_corrected_by(journal, identifier, old)))
    if event.kind != "awareness":
        return EventContext(corrected=old)
    found = [
        event_of(record) for record in journal.of_kinds(("notice_received",), identifier) if is_event_record(record)
    ]
    first = min((sequence_of(other.id) or 0 for other in found), default=0)
    gone = corrected(journal, identifier, after=first) if found else {}
    return EventContext(corrected=old, notices=tuple(other for other in found if other.id not in gone))


def _corrected_by(journal: Journal, identifier: str, event: Event) -> Iterator[Event]:
    """What an event corrects, what that corrects in its turn, and so on; imported events may correct each other."""
    seen, here = {event.id}, event
    while here.corrects is not None and here.corrects not in seen:
        found = event_at(journal, identifier, here.corrects)
        if found is None:
            return
        yield found
        seen.add(found.id)
        here = found


def corrected(journal: Journal, identifier: str, *, after: int) -> dict[str, str]:
    """Which events were superseded by which later ones, of those at or behind a place in the ledger."""
    return superseded(
        event_of(correction)
        for correction in journal.corrections(identifier, after=after)
        if is_event_record(correction)
    )


def with_corrections(journal: Journal, identifier: str, records: Iterable[KeptRecord]) -> tuple[KeptRecord, ...]:
    """These records and the events, of whatever kind, that correct one of them, in the order of the ledger."""
    found = {record.sequence: record for record in records}
    behind = journal.corrections(identifier, after=min(found)) if found else ()
    found |= {record.sequence: record for record in behind if is_event_record(record)}
    return tuple(found[sequence] for sequence in sorted(found))


def event_at(journal: Journal, identifier: str, name: str) -> Event | None:
    """One event of an incident by its id; `None` where it has none of that name."""
    number = sequence_of(name)
    record = journal.record(identifier, number) if number is not None else None
    return event_of(record) if record is not None and is_event_record(record) else None
