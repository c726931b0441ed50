"""What nobody knows of the law, as something unfinished: an incident is not done while a duty may exist unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.models.unfinished import Area, UnfinishedItem
from leakguard.notices.assess import Assessment
from leakguard.notices.judging import Answer
from leakguard.notices.overrides import SETTLED
from leakguard.notices.place_states import PlaceRow
from leakguard.use_cases.incidents.incident_rules import RuleBook
from leakguard.use_cases.incidents.incidents import incident_of, superseded


def unknown_by_facts(places: Sequence[PlaceRow], assessed: Mapping[str, Assessment]) -> Iterator[UnfinishedItem]:
    """By the facts: places without a known rule that nobody settled, and duties whose law of the day is not known.

    A place without a rule stands for the duties that it lacks.
    """
    told = {duty for row in places if row.is_open for duty in row.duties}
    yield from (_place(f"{row.place}, {row.role}", f"{row.place}/{row.role}") for row in places if row.is_open)
    for name, assessment in assessed.items():
        if assessment.applies is Answer.NO_RULE_KNOWN and name not in told:
            yield _duty(name)


def unknown_by_records(incident: str, records: Sequence[KeptRecord], book: RuleBook) -> Iterator[UnfinishedItem]:
    """Without facts: by the seat of the organisation, and the places that the records name."""
    settled = set(_settled(incident_of(incident, records).events))
    for place in book.watched(records).no_rule:
        if place.code not in settled:
            yield _place(place.code, place.code)
    yield from (_duty(law.duty) for law in book.unknown(incident, records))


def _settled(events: Sequence[Event]) -> Iterator[str]:
    gone = superseded(events)
    yield from (str(event.fields.get("place")) for event in events if event.kind == SETTLED and event.id not in gone)


def _place(words: str, name: str) -> UnfinishedItem:
    text = f"{words}: no rule is known for this place, and nobody settled whether a duty exists"
    return UnfinishedItem(area=Area.DUTIES, name=name, text=text)


def _duty(name: str) -> UnfinishedItem:
    text = f"{name}: what its law said on the day of the incident is not known, and nobody decided whether it applies"
    return UnfinishedItem(area=Area.DUTIES, name=name, text=text)
