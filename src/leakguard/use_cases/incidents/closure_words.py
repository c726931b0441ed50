"""Closures that rest on the word of a person: an event says that it is closed, and no probe had shown it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leakguard.frozen import replace
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.playbooks.machines_check import CLOSURE
from leakguard.use_cases.incidents.incident_closures import closed_findings, findings_of
from leakguard.use_cases.incidents.incident_findings import is_seen_open
from leakguard.use_cases.incidents.incidents import REOPENED, superseded


def words_in(records: Sequence[KeptRecord]) -> frozenset[int]:
    """The sequences of the events that say "closed" where not every finding had been seen closed by then.

    Neither a source nor a field of the event counts, as anybody can type them; only the looks before it do.
    An incident without findings has nothing that a probe could look at.
    """
    found: set[int] = set()
    for place, record in enumerate(records):
        if record.kind in CLOSURE and is_event_record(record):
            before = records[:place]
            findings = findings_of(before)
            if not findings or findings - closed_findings(before):
                found.add(record.sequence)
    return frozenset(found)


def events_with_words(records: Iterable[KeptRecord]) -> tuple[Event, ...]:
    """The events among the records of one incident, those marked that are the word of a person."""
    known = tuple(records)
    words = words_in(known)
    return tuple(marked(event_of(record), record.sequence in words) for record in known if is_event_record(record))


def marked(event: Event, is_word: bool) -> Event:  # noqa: FBT001  (it says what the event is)
    """The event, marked where it is the word of a person."""
    return replace(event, is_word=True) if is_word else event


def closed_by_word(records: Iterable[KeptRecord]) -> tuple[Event, ...]:
    """The words by which the incident counts as closed now: no look proved it since, and nothing opened it again."""
    known = tuple(records)
    findings = findings_of(known)
    if findings and not findings - closed_findings(known):
        return ()
    events = events_with_words(known)
    gone = superseded(events)
    last: tuple[Event, ...] = ()
    for event in events:
        if event.id in gone:
            continue
        if event.kind == REOPENED or is_seen_open(event):
            last = ()
        elif event.kind in CLOSURE:
            last = (event,) if event.is_word else ()
    return last
