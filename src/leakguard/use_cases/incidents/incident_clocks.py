"""The clocks of a stored incident: its events out of the journal, reckoned by the rules that it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.rules import ClockRule
from leakguard.logs import log
from leakguard.models.events import Event
from leakguard.models.records import SYSTEM_TIME_CORRECTED, KeptRecord
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.incidents.closure_words import events_with_words
from leakguard.use_cases.incidents.unknown_law import UnknownLaw

_COUNTED = {*KINDS, SYSTEM_TIME_CORRECTED}


class Readable(Protocol):
    """Where the records of an incident are read."""

    def read(self, subject: str) -> Iterator[KeptRecord]:
        """The kept records in the order of their sequence."""


def statuses(
    journal: Readable, incident_id: str, rules: Sequence[ClockRule], calendars: Calendars, now: datetime,
    *, known_at: datetime | None = None,
) -> tuple[ClockStatus, ...]:  # fmt: skip
    """How every clock of an incident stands at `now`, as known then, or as known at `known_at`.

    For the present that is `EVERYTHING`: what was recorded is known, also where the clock of this machine has been set
    back behind it, or ran ahead when it was recorded. A limit is never hidden by a clock; how much of it is left
    depends on the clock, so a ledger that is ahead of it is told of (see `clock_doubt`).
    Rules without a zone of their own are reckoned in the incident's zone.
    """
    events = clock_events(journal.read(incident_id))
    opening = next((event for event in events if event.kind == "incident_opened"), None)
    zone = str(opening.fields.get("zone") or "UTC") if opening is not None else None
    found = evaluate(events, in_zone(tuple(rules), zone), calendars, now, known_at=known_at)
    log.debug("deadlines_evaluated", incident=incident_id, count=len(found))
    return found


def clock_events(records: Iterable[KeptRecord]) -> tuple[Event, ...]:
    """The events among an incident's records; steps of playbooks and parts of scans are left out."""
    return tuple(event for event in events_with_words(records) if event.kind in _COUNTED)


def called_for(
    rules: Sequence[ClockRule],
    folders: DataFolders,
    journal: Journal,
    incident_id: str,
    facts: tuple[str, str],
    now: datetime,
    known_at: datetime | None = None,
) -> tuple[tuple[ClockRule, ...], tuple[UnknownLaw, ...]]:
    """`rules` without the clocks of duties and stages that the facts rule out.

    And the duties that may apply by the facts, while nobody knows their law of the day. `facts` are the name and the
    text of their file.
    """
    from leakguard.notices.book import assess_facts, load_duties  # noqa: PLC0415  (most clocks need no facts)
    from leakguard.notices.judging import Answer  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.incident_facts import read_incident_facts  # noqa: PLC0415  (as above)

    book = load_duties(folders)
    read = read_incident_facts(
        facts[1], name=facts[0], book=book, now=now, journal=journal, incident=incident_id, known_at=known_at
    )
    found = assess_facts(book, read, now)
    texts = {duty.id: duty.texts for duty in book.duties}
    every = ((assessment, phase) for assessment in found for text in texts[assessment.duty.id] for phase in text.phases)
    gone = {phase.clock.id for assessment, phase in every if phase.name not in dict(assessment.phases)}
    unknown = (assessment for assessment in found if assessment.applies is Answer.NO_RULE_KNOWN)
    return (
        tuple(rule for rule in rules if rule.id not in gone),
        tuple(UnknownLaw(duty=assessment.duty.id, because=assessment.because) for assessment in unknown),
    )
