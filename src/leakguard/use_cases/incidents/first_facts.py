"""The first facts with the moment at which the organisation became aware: both are recorded, or neither is."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen, replace
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.notices.book import DutyBook
from leakguard.ports import Now
from leakguard.use_cases.incidents.answered_facts import AnsweredFacts, answer_facts
from leakguard.use_cases.incidents.dry_journal import DryJournal, PreviewedStore
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import TRIES
from leakguard.use_cases.incidents.kept_facts import last_facts

AWARE = "awareness"
_NAMES = NoNameCheck(reason="an event of awareness names no duty and no clock")


class FirstFacts(Frozen):
    """What was recorded."""

    answered: AnsweredFacts
    aware: Event


def begin_facts(
    store: PreviewedStore, book: DutyBook, incident: str, answers: Mapping[str, object], aware: NewEvent, *,
    read: str | None, now: Now,
) -> FirstFacts:  # fmt: skip
    """Write single entries of the facts and record the event `aware`, in one transaction.

    Raises as `answer_facts` and `record_event` do; then nothing of either is kept.
    """
    for _ in range(TRIES):
        last, dry = store.last(incident), DryJournal(store, now)
        answered = answer_facts(dry, book, incident, answers, read=read, now=now)
        record_event(dry, incident, aware, now=now, names=_NAMES)
        try:
            kept = store.append(incident, dry.pending, after=last.sequence if last is not None else None)
        except NotAllowed:
            continue
        facts = last_facts(incident, kept)
        event = next(event_of(record) for record in kept if is_event_record(record))
        return FirstFacts(answered=replace(answered, kept=facts) if facts is not None else answered, aware=event)
    raise NotAllowed(f"{incident} is being written by many at this very moment", next_step="Try again.")
