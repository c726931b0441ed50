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
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.draft_notices import DutyBook, assess_facts, load_duties, read_facts
from leakguard.use_cases.playbooks import DEFAULT, clock_rules, find_playbook


def standings(
    journal: Journal, incident_id: str, rules: Sequence[ClockRule], calendars: Calendars, now: datetime
) -> tuple[Standing, ...]:
    """How every clock of an incident stands at `now`, as known then.

    Rules without a zone of their own are reckoned in the incident's zone.
    """
    events = clock_events(journal.read(incident_id))
    return evaluate(events, in_zone(tuple(rules), _opening_field(events, "zone")), calendars, now)


def clock_events(records: Iterable[KeptRecord]) -> tuple[Event, ...]:
    """The events among an incident's records; steps of playbooks and parts of scans are left out."""
    return tuple(event_of(record) for record in records if record.kind in KINDS and is_event_record(record))


def incident_rules(folders: DataFolders, journal: Journal, incident_id: str) -> tuple[ClockRule, ...]:
    """The clocks of the incident's playbook and of every duty that is in force.

    Before a response is started the playbook that it would be started with counts.
    Raises `NotFound` and `BadFile` for data folders that cannot be used.
    """
    own = clock_rules(journal, incident_id)
    if not own:
        events = clock_events(journal.read(incident_id))
        own = tuple(find_playbook(folders, _opening_field(events, "playbook") or DEFAULT).clocks.values())
    return (*own, *_duty_rules(load_duties(folders), None))


def called_for(
    rules: Sequence[ClockRule],
    folders: DataFolders,
    journal: Journal,
    incident_id: str,
    facts: tuple[str, str],
    now: datetime,
) -> tuple[ClockRule, ...]:
    """`rules` without the clocks of duties that the facts rule out; `facts` are the name and the text of their file."""
    book = load_duties(folders)
    read = read_facts(facts[1], name=facts[0], book=book, now=now, journal=journal, incident=incident_id)
    out = {one.duty.id for one in assess_facts(book, read, now) if one.applies == "no"}
    gone = {rule.id for rule in _duty_rules(book, out)}
    return tuple(rule for rule in rules if rule.id not in gone)


def _duty_rules(book: DutyBook, only: set[str] | None) -> tuple[ClockRule, ...]:
    """The clocks of the duties that are in force, or of those that are named."""
    return tuple(
        phase.clock
        for duty in book.duties
        if (duty.status == "in_force" if only is None else duty.id in only)
        for phase in duty.phases
    )


def _opening_field(events: Iterable[Event], name: str) -> str | None:
    """What was said when the incident was opened."""
    opening = next((event for event in events if event.kind == "incident_opened"), None)
    return str(opening.fields[name]) if opening is not None and opening.fields.get(name) else None
