"""The frame of a letter: who writes, who signs, and the footer that says what the draft rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from leakguard.notices.assess import force_on_the_day
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer
from leakguard.notices.letters.items import LetterItems
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import Phrases
from leakguard.notices.provenance import parts_of
from leakguard.notices.vocabulary import Lang, Vocabulary

_TO_SIGN_ON = "_" * 32
ATTACHED = "supporting_evidence"
"""The item that names what is attached."""


def sender(facts: Facts, items: LetterItems) -> tuple[str, ...]:
    """The organisation and how to reach it."""
    return tuple(_lines(facts, items, ("org_identity", "org_contact")))


def signature(facts: Facts, items: LetterItems, place: str = "") -> tuple[str, ...]:
    """Who files the report, when that is stated, and the organisation, unless that line names it already.

    `place` stands below a rule to sign on, where nobody is stated and a person has to sign.
    """
    reporters, names = tuple(_lines(facts, items, ("reporter",))), tuple(_lines(facts, items, ("org_identity",)))
    if any(name in line for name in names for line in reporters):
        return reporters
    return (*(reporters or ((_TO_SIGN_ON, place) if place else ())), *names)


def sealed_signature(facts: Facts, items: LetterItems, seal: str, phrases: Phrases) -> tuple[str, ...]:
    """The organisation with the place for its seal, and below it who files the report, by a label."""
    reporters = (
        phrases.fixed("item_in_sentence", label=phrases.label("reporter"), text=line)
        for line in _lines(facts, items, ("reporter",))
    )
    return (*(f"{line}{seal}" for line in _lines(facts, items, ("org_identity",))), *reporters)


def attachments(facts: Facts, items: LetterItems, lead: str, phrases: Phrases) -> str:
    """What is attached, in one line behind `lead`, numbered where it is more than one; empty where nothing is."""
    names = tuple(name.rstrip("。.") for name in _lines(facts, items, (ATTACHED,)))
    listed = [f"{number}.{name}" for number, name in enumerate(names, start=1)] if len(names) > 1 else names
    return f"{lead}{phrases.fixed('list_semicolon').join(listed)}" if names else ""


def _lines(facts: Facts, items: LetterItems, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        fact = facts.get(name)
        if fact is not None and fact.has_value:
            yield from items.lines(fact)


def footer(
    duty: NoticeContent,
    facts: Facts,
    lang: Lang,
    now: datetime,
    today: date,
    *,
    vocabulary: Vocabulary,
    phrases: Phrases,
) -> Iterator[str]:
    """Draft, what it rests on, and once: no legal advice."""
    yield phrases.fixed("footer_draft", date=phrases.day(today))
    if isinstance(duty, Duty) and force_on_the_day(duty, facts, now).answer is not Answer.YES:
        yield phrases.fixed("footer_dormant")
    yield _rule(duty, lang, vocabulary, phrases)
    if isinstance(duty, Duty):
        yield from _source(duty, lang, vocabulary, phrases)
    yield phrases.fixed("footer_advice")


def _rule(duty: NoticeContent, lang: Lang, vocabulary: Vocabulary, phrases: Phrases) -> str:
    """The rule and its version, the law, the day checked."""
    law, checked, version = duty.law_words(lang), phrases.day(duty.verified_on), vocabulary.version
    if law is None:
        return phrases.fixed("footer_practice", letter=duty.id, version=version, checked=checked)
    return phrases.fixed("footer_rule", duty=duty.id, version=version, law=law, checked=checked)


def _source(duty: Duty, lang: Lang, vocabulary: Vocabulary, phrases: Phrases) -> Iterator[str]:
    """The source, the confidence, what is unverified."""
    fixed = phrases.fixed
    kind, confidence = vocabulary.marks[duty.source_kind].of(lang), vocabulary.marks[duty.confidence].of(lang)
    yield fixed("footer_source", url=duty.source_url, kind=kind, confidence=confidence)
    if duty.verify_fields:
        known = vocabulary.verify.get(lang, {})
        yield fixed(
            "footer_verify",
            fields=phrases.joined(
                tuple(known.get(verify_word, verify_word) for verify_word in duty.verify_words(lang))
            ),
        )
    yield from _parts(duty, lang, vocabulary, phrases)
    if duty.soft:
        yield fixed("footer_soft")
    yield from _review(duty, phrases)


def _parts(duty: Duty, lang: Lang, vocabulary: Vocabulary, phrases: Phrases) -> Iterator[str]:
    """What single parts rest on, where that is not the source of the whole."""
    parts, words = parts_of(duty), {name: mark.of(lang) for name, mark in vocabulary.marks.items()}
    memory = tuple(words[part.part] for part in parts if part.source is None)
    if memory and duty.confidence == "sourced":
        yield phrases.fixed("footer_memory", parts=phrases.joined(memory))
    for part in parts:
        if part.source is not None:
            yield phrases.fixed("footer_part", part=words[part.part], url=part.source.url, kind=words[part.source.kind])


def _review(duty: Duty, phrases: Phrases) -> Iterator[str]:
    """Which lawyer of the organisation looked at the rule, and whether it was checked again since."""
    if duty.reviewed is None:
        return
    yield phrases.fixed("footer_reviewed", by=duty.reviewed.by, on=phrases.day(duty.reviewed.on))
    if duty.is_changed_since_review:
        yield phrases.fixed("footer_reviewed_before", checked=phrases.day(duty.verified_on))


def is_for_usa(notice: NoticeContent, facts: Facts) -> bool:
    """Whether its readers are in the United States: by the law, or without one by whose letter it is."""
    place = notice.readers or facts.organisation.country
    return place.startswith("US")
