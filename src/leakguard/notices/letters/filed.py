"""Whom the organisation told of an incident and when: the filings and letters that its events record, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leakguard.models.events import Event
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.filings import FILED, filings_of
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Lang, Vocabulary

_TO_PEOPLE = frozenset({"subjects_notified", "individual_notice_sent"})


def filed_rows(
    facts: Facts, duties: Mapping[str, Duty], lang: Lang, vocabulary: Vocabulary
) -> Iterator[tuple[str, str]]:
    """One row a filing that stands, the earliest first: who was told, or under which law; the stage and the moment.

    A filing of a duty that is not known is told by the name that its event gives.
    """
    phrases = Phrases(vocabulary, lang, zone=facts.zone, to_office=True)
    gone = {event.corrects for event in facts.events}
    names = dict.fromkeys(str(event.fields.get("obligation", "")) for event in facts.events if event.kind == FILED)
    made = [filing for name in names for filing in filings_of(facts.events, name)]
    made += [event for event in facts.events if event.kind in _TO_PEOPLE and event.id not in gone]
    for event in sorted(made, key=lambda event: event.occurred_at.earliest):
        yield phrases.cell(_who(event, duties, lang, phrases)), _when(event, lang, vocabulary, phrases)


def _who(event: Event, duties: Mapping[str, Duty], lang: Lang, phrases: Phrases) -> str:
    name = str(event.fields.get("obligation", ""))
    duty = duties.get(name)
    if event.kind in _TO_PEOPLE or (duty is not None and duty.recipient.type == "individuals"):
        return phrases.fixed("notified_people")
    return phrases.fixed("notified_under", law=duty.law_words(lang) if duty is not None else name)


def _when(event: Event, lang: Lang, vocabulary: Vocabulary, phrases: Phrases) -> str:
    when, stage = phrases.moment(event.occurred_at), str(event.fields.get("stage", ""))
    words = vocabulary.stage_words(stage, lang, str(event.fields.get("obligation", "")))
    return phrases.fixed("finer", known=when, finer=words) if stage else when
