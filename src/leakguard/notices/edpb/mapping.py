"""From the one bag of facts to answers of the template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from leakguard.clocks.times import zone_of
from leakguard.frozen import Frozen
from leakguard.models.events import Event, Interval
from leakguard.models.moments import to_z
from leakguard.notices.edpb.codes import code_of, coded
from leakguard.notices.edpb.conditions import Circumstances
from leakguard.notices.edpb.open_answers import left_open, unanswered
from leakguard.notices.edpb.payload import SUBTYPE, TYPE
from leakguard.notices.edpb.people import people_counts
from leakguard.notices.edpb.template import Derivation, Template, TemplateField
from leakguard.notices.fact_values import Contact, Encryption, LocalisedText, Span
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.vocabulary import Vocabulary

LIMIT = timedelta(hours=72)
"""Art. 33(1) GDPR: a later notice needs its reasons."""
NoticeType = Literal["new", "follow-up"]
NoticeStatus = Literal["complete", "incomplete", "withdraw"]
AnswerSource = Literal["own", "fact", "open", "option"]
"""A person's own answer, a fact, what an incomplete notice leaves open, or the kind of notice that was asked for."""
_TYPES: Mapping[str, str] = {"new": "a", "follow-up": "b"}
_STATUSES: Mapping[str, str] = {"complete": "a", "incomplete": "b", "withdraw": "c"}
_ORGANISATION_NUMBER = "b"


class _Work(Frozen):
    """What every derivation may look at."""

    facts: Facts
    vocabulary: Vocabulary
    template: Template


def circumstances(facts: Facts, vocabulary: Vocabulary, now: datetime) -> Circumstances:
    """Whether it is late and where the controller is; `None` where the facts do not say."""
    aware = _first(facts, {"awareness"})
    country = facts.organisation.country
    return Circumstances(
        is_late=None if aware is None else now > aware.occurred_at.earliest + LIMIT,
        in_eea=country in vocabulary.regions["EEA"] if country else None,
    )


class MappedAnswers(Frozen):
    """The answers of a notice by the names of their fields, and where each comes from."""

    answers: Mapping[str, Any]
    sources: Mapping[str, AnswerSource]


def answers_of(
    facts: Facts, template: Template, vocabulary: Vocabulary, around: Circumstances, *, kind: NoticeType,
    status: NoticeStatus,
) -> MappedAnswers:  # fmt: skip
    """All answers: a person's own, by codes or in words, else what the facts give for a field that is asked.

    Only an incomplete notice leaves open what nobody knows or answers, with its reason where there is one.
    """
    work = _Work(facts=facts, vocabulary=vocabulary, template=template)
    answers: dict[str, Any] = {TYPE: _TYPES[kind], SUBTYPE: _STATUSES[status]}
    sources: dict[str, AnswerSource] = dict.fromkeys(answers, "option")
    for field in template.fields:
        found = (
            () if field.key in answers else _answer(field, work, answers, around, is_incomplete=status == "incomplete")
        )
        for answer, source in found:
            answers[field.key], sources[field.key] = answer, source
    foreign = {key: value for key, value in facts.edpb.items() if key not in answers}
    return MappedAnswers(answers=answers | foreign, sources=sources | dict.fromkeys(foreign, "own"))


def _answer(
    field: TemplateField, work: _Work, answers: Mapping[str, Any], around: Circumstances, *, is_incomplete: bool
) -> Iterator[tuple[object, AnswerSource]]:
    """The answer to one field and its source; nothing where there is none."""
    if field.key in work.facts.edpb:
        yield coded(field, work.facts.edpb[field.key]), "own"
        return
    if field.shown_if is not None and field.shown_if.holds(answers, around) is not True:
        return
    fact = work.facts.get(field.derived.fact) if field.derived is not None and field.derived.fact else None
    is_unknown = fact is not None and fact.state is FactState.UNKNOWN
    answer = None if field.derived is None or is_unknown else _derive(field, field.derived, fact, work)
    if answer is not None:
        yield answer, "fact"
    elif is_incomplete:
        open_ = left_open(field, fact.reason) if fact is not None and is_unknown else None
        open_ = open_ if open_ is not None else unanswered(field, work.facts.not_known_yet)
        if open_ is not None:
            yield open_, "open"


def _derive(field: TemplateField, how: Derivation, fact: Fact | None, work: _Work) -> object:
    if how.how in _OF_INCIDENT:
        return _OF_INCIDENT[how.how](work)
    if fact is None:
        return None
    return _in_words(field, fact) if how.how == "choice" and isinstance(fact.value, tuple) else _OF_FACT[how.how](
        fact, how, work
    )  # fmt: skip


def _in_words(field: TemplateField, fact: Fact) -> object:
    """The codes of a text whose every entry is the words of one."""
    codes = [code_of(field, line) for line in _lines(fact)]
    if not codes or None in codes:
        return None
    return list(dict.fromkeys(codes)) if field.kind == "choices" else codes[0] if len(codes) == 1 else None


def _lines(fact: Fact) -> list[str]:
    value = fact.value if isinstance(fact.value, tuple) else ()
    return [part.first for part in value if isinstance(part, LocalisedText)]


def _text(fact: Fact, _: Derivation, __: _Work) -> str | None:
    if fact.state is FactState.NOT_APPLICABLE and fact.reason:
        return f"Does not apply: {fact.reason.first}"
    return "\n".join(_lines(fact)) or None


def _contact(fact: Fact, _: Derivation, __: _Work) -> str | None:
    contact = fact.value
    if not isinstance(contact, Contact):
        return None
    name = [contact.name.first] if contact.name else []
    text = [contact.text.first] if contact.text else []
    return "; ".join((*name, *contact.ways, *text)) or None


def _contact_name(fact: Fact, _: Derivation, __: _Work) -> str | None:
    return fact.value.name.first if isinstance(fact.value, Contact) and fact.value.name else None


def _choice(fact: Fact, how: Derivation, _: _Work) -> str | None:
    value = str(fact.value).lower() if isinstance(fact.value, bool) else fact.value
    return how.codes.get(value) if isinstance(value, str) else None


def _standing(fact: Fact, how: Derivation, _: _Work) -> str | None:
    return how.codes.get("stated" if fact.has_value else str(fact.state))


def _count(fact: Fact, _: Derivation, __: _Work) -> int | None:
    """The upper end of an estimate, so that a notice never tells too few."""
    return fact.value.high if isinstance(fact.value, Span) else None


def _precision(fact: Fact, _: Derivation, __: _Work) -> str | None:
    if not isinstance(fact.value, Span):
        return None
    return "a" if fact.state is FactState.KNOWN and fact.value.low == fact.value.high else "b"


def _period(fact: Fact, _: Derivation, work: _Work) -> str | None:
    """One local day, whatever its hours, or from a date to a date.

    "Still ongoing" and "cannot be determined" a person says.
    """
    value = fact.value
    if not isinstance(value, Interval):
        return None
    zone = zone_of(value.zone or work.facts.zone)
    first, last = (moment.astimezone(zone).date() for moment in (value.earliest, value.latest))
    return "a" if first == last else "b"


def _moment_at(end: Literal["earliest", "latest"]) -> Callable[[Fact, Derivation, _Work], str | None]:
    def moment(fact: Fact, _: Derivation, __: _Work) -> str | None:
        return to_z(getattr(fact.value, end)) if isinstance(fact.value, Interval) else None

    return moment


def _categories(fact: Fact, _: Derivation, work: _Work) -> list[str] | None:
    """The template's types are the hub of our own, in the same order."""
    hubs = {str(name).partition(".")[0] for name in fact.value} if isinstance(fact.value, tuple) else set()
    codes = work.template.by_key["field_70"].codes
    return [code for hub, code in zip(HUBS, codes, strict=True) if hub in hubs] or None


HUBS = (
    "basic", "contact", "biometric", "criminal", "political", "ethnic", "religious", "sexual", "trade_union", "genetic",
    "health", "economic", "employment_health", "identification_number", "location", "official_document", "payment",
    "profile", "credentials", "unknown", "other",
)  # fmt: skip
"""Our kinds of data in the order of field 70's codes."""


def _category_words(fact: Fact, _: Derivation, work: _Work) -> str | None:
    names = [str(name) for name in fact.value] if isinstance(fact.value, tuple) else []
    known = work.vocabulary.categories
    return ", ".join(known[name].en if name in known else name for name in names) or None


def _counts(fact: Fact, _: Derivation, work: _Work) -> dict[str, int] | None:
    """People in each country of the EEA."""
    found = people_counts(work.facts, work.vocabulary).by_country if isinstance(fact.value, Mapping) else {}
    return dict(found) or None


def _intelligible(fact: Fact, _: Derivation, __: _Work) -> str | None:
    """Encrypted with a safe key; encrypted with a key that is lost; not encrypted."""
    value = fact.value
    if not isinstance(value, Encryption) or value.encrypted is None:
        return None
    return "c" if not value.encrypted else {True: "a", False: "b", None: None}[value.key_safe]


_OF_FACT: Mapping[str, Callable[[Fact, Derivation, _Work], object]] = {
    "text": _text,
    "texts": lambda fact, _, __: list(dict.fromkeys(_lines(fact))) or None,
    "contact": _contact,
    "contact_name": _contact_name,
    "stated": lambda fact, _, __: fact.has_value,
    "standing": _standing,
    "choice": _choice,
    "count": _count,
    "precision": _precision,
    "period": _period,
    "is_estimated": lambda fact, _, __: fact.state is FactState.ESTIMATED,
    "first_moment": _moment_at("earliest"),
    "last_moment": _moment_at("latest"),
    "categories": _categories,
    "category_words": _category_words,
    "countries": lambda fact, how, work: sorted(_counts(fact, how, work) or {}) or None,
    "counts": _counts,
    "intelligible": _intelligible,
}


def _first(facts: Facts, kinds: set[str]) -> Event | None:
    """The earliest event of these kinds that nothing corrected."""
    superseded = {event.corrects for event in facts.events}
    found = [event for event in facts.events if event.kind in kinds and event.id not in superseded]
    return min(found, key=lambda event: event.occurred_at.earliest, default=None)


def _aware(work: _Work) -> str | None:
    event = _first(work.facts, {"awareness"})
    return to_z(event.occurred_at.earliest) if event else None


def _told_on(work: _Work) -> str | None:
    """The local day on which somebody else told us."""
    event = _first(work.facts, {"notice_received", "processor_awareness"})
    if event is None:
        return None
    zone = zone_of(event.occurred_at.zone or work.facts.zone)
    return event.occurred_at.earliest.astimezone(zone).date().isoformat()


def _nature(work: _Work) -> list[str] | None:
    """Confidentiality, integrity, availability, as far as somebody stated them."""
    facts = work.facts
    reached = any(facts.value_of(name, bool) for name in ("exposure", "access", "exfiltration", "acquisition"))
    altered = facts.value_of("integrity_loss", str) not in {None, "none"}
    lost = facts.value_of("availability_loss", str) not in {None, "none"}
    return [code for code, holds in (("a", reached), ("b", altered), ("c", lost)) if holds] or None


def _registration(work: _Work) -> str | None:
    number = work.facts.organisation.registration
    return number.first if number else None


def _sector(work: _Work) -> str | None:
    sector = work.facts.organisation.sector
    return sector.first if sector else None


_OF_INCIDENT: Mapping[str, Callable[[_Work], object]] = {
    "reference": lambda work: work.facts.incident,
    "registration": _registration,
    "registered": lambda work: _ORGANISATION_NUMBER if work.facts.organisation.registration else None,
    "sector": _sector,
    "awareness": _aware,
    "told_on": _told_on,
    "nature": _nature,
}
