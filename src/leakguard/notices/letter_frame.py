"""The frame of a letter: who writes, who signs, and the footer that says what the draft rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from leakguard.notices.assess import force_on_the_day
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer
from leakguard.notices.letter_items import LetterItems
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Lang, Vocabulary


def sender(facts: Facts, items: LetterItems) -> tuple[str, ...]:
    """The organisation and how to reach it."""
    return tuple(_lines(facts, items, ("org_identity", "org_contact")))


def signature(facts: Facts, items: LetterItems) -> tuple[str, ...]:
    """Who files the report, when that is stated, and the organisation."""
    return tuple(_lines(facts, items, ("reporter", "org_identity")))


def _lines(facts: Facts, items: LetterItems, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        fact = facts.get(name)
        if fact is not None and fact.has_value:
            yield from items.lines(fact)


def footer(
    duty: Duty, facts: Facts, lang: Lang, now: datetime, today: date, *, vocabulary: Vocabulary, phrases: Phrases
) -> Iterator[str]:
    """Draft, rule and its version, day checked, source, confidence, what is unverified, and once: no legal advice."""
    fixed = phrases.fixed
    yield fixed("footer_draft", date=phrases.day(today))
    if force_on_the_day(duty, facts, now).answer is not Answer.YES:
        yield fixed("footer_dormant")
    law, checked = duty.law_words(lang), phrases.day(duty.verified_on)
    yield fixed("footer_rule", duty=duty.id, version=vocabulary.version, law=law, checked=checked)
    kind, confidence = vocabulary.marks[duty.source_kind].of(lang), vocabulary.marks[duty.confidence].of(lang)
    yield fixed("footer_source", url=duty.source_url, kind=kind, confidence=confidence)
    if duty.verify_fields:
        yield fixed("footer_verify", fields=phrases.joined(duty.verify_words(lang)))
    if duty.soft:
        yield fixed("footer_soft")
    yield fixed("footer_advice")
