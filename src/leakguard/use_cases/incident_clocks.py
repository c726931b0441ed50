"""The clocks of a stored incident: its events out of the journal, its rules out of playbooks and duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.standing import Standing
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.ports import Journal


def standings(
    journal: Journal, incident_id: str, rules: Sequence[ClockRule], calendars: Calendars, now: datetime
) -> tuple[Standing, ...]:
    """How every clock of an incident stands at `now`, as known then.

    Rules without a zone of their own are reckoned in the incident's zone.
    """
    events = clock_events(journal.read(incident_id))
    zone = next((str(event.fields["zone"]) for event in events if event.fields.get("zone")), None)
    return evaluate(events, in_zone(tuple(rules), zone), calendars, now)


def clock_events(records: Iterable[KeptRecord]) -> tuple[Event, ...]:
    """The events among an incident's records; steps of playbooks and parts of scans are left out."""
    return tuple(event_of(record) for record in records if record.kind in KINDS and is_event_record(record))
