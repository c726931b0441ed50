"""What happened to the data: reached, read, copied, altered, lost; and where the people affected live.

Letters and the check take both from here, so that what the check calls complete is what the letter says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from leakguard.frozen import Frozen
from leakguard.notices.audiences import is_authority
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.vocabulary import Vocabulary

EffectName = Literal["reached", "read", "copied", "altered", "lost"]
EffectState = Literal["yes", "no", "unknown", "not_applicable", "not_stated"]
PLACES = "subjects_by_jurisdiction"
_DATE = "breach_date"
_FACTS: Mapping[EffectName, tuple[str, ...]] = {
    "reached": ("exposure",),
    "read": ("access",),
    "copied": ("exfiltration", "acquisition"),
    "altered": ("integrity_loss",),
    "lost": ("availability_loss",),
}
"""The facts that answer each; the first is the one to state."""
_FOLLOWS: Mapping[EffectName, tuple[EffectName, ...]] = {"reached": ("read", "copied"), "read": ("copied",)}
"""What another effect shows, where nobody stated it: data that were copied were reached and read."""
_NATURE = frozenset({"breach_description", "breach_type"})
"""Items by which a law asks for the nature of the incident."""
_PEOPLE = frozenset({"subject_count", "local_subject_count"})
"""Items by which a law asks how many people are affected."""
_OWN_PEOPLE = "local_subject_count"
"""The item by which a law asks for the people of its own place alone."""
_OF_SEVERAL_PLACES = frozenset({"EU", "EU/EEA"})
"""Jurisdictions whose law binds several places: an office there asks in which of them the people live."""
_ONLY_A_COPY = frozenset({"notice_copy"})
"""The items of a law that asks for a copy of the letter to the people affected, and for nothing else."""


class Effect(Frozen):
    """One effect on the data, as far as somebody stated it."""

    name: EffectName
    fact: str
    """The fact that says it, or that would."""
    state: EffectState
    degree: str = ""
    """How far, where the fact says so: `recoverable`, `unrecoverable`, `temporary`, `full`."""


def effects_of(facts: Facts) -> tuple[Effect, ...]:
    """Each of the five effects, in their order."""
    stated = {name: _stated(name, facts) for name in _FACTS}
    return tuple(_followed(effect, stated) for effect in stated.values())


def _followed(effect: Effect, stated: Mapping[EffectName, Effect]) -> Effect:
    """What nobody stated follows from what somebody did."""
    if effect.state != "not_stated" or not any(stated[name].state == "yes" for name in _FOLLOWS.get(effect.name, ())):
        return effect
    return Effect(name=effect.name, fact=effect.fact, state="yes")


def _stated(name: EffectName, facts: Facts) -> Effect:
    """Of two facts for one effect, one that says yes decides; else one that is not known leaves it open."""
    found = [_of_fact(name, fact) for fact_name in _FACTS[name] if (fact := facts.get(fact_name)) is not None]
    order: tuple[EffectState, ...] = ("yes", "unknown", "no", "not_applicable")
    unstated = Effect(name=name, fact=_FACTS[name][0], state="not_stated")
    return min(found, key=lambda effect: order.index(effect.state), default=unstated)


def _of_fact(name: EffectName, fact: Fact) -> Effect:
    if fact.state is FactState.UNKNOWN:
        return Effect(name=name, fact=fact.name, state="unknown")
    if fact.state is FactState.NOT_APPLICABLE:
        return Effect(name=name, fact=fact.name, state="not_applicable")
    degree = fact.value if isinstance(fact.value, str) and fact.value != "none" else ""
    return Effect(name=name, fact=fact.name, state="yes" if degree or fact.value is True else "no", degree=degree)


def people_by_place(facts: Facts) -> Mapping[str, Span]:
    """The people affected by place; empty where nobody counted them."""
    fact = facts.get(PLACES)
    return fact.value if fact is not None and isinstance(fact.value, Mapping) else {}


def tells_effects(notice: NoticeContent) -> bool:
    """Whether the letter says what happened to the data.

    To an authority, unless the law keeps the nature out of it or wants no more than a copy of the letter to people.
    """
    is_open = tells_nature(notice) and _asked(notice) != _ONLY_A_COPY
    return is_authority(notice.recipient.type) and is_open


def tells_nature(notice: NoticeContent) -> bool:
    """Whether the letter may say what kind of incident it was; some laws forbid that."""
    return not _NATURE & set(notice.must_not_contain)


def tells_places(notice: NoticeContent) -> bool:
    """Whether the letter says how many people live in each place: where its law binds several places and asks for them.

    No other office needs the numbers of its neighbours; see `tells_own_place`.
    """
    return _tells_people(notice) and notice.readers in _OF_SEVERAL_PLACES


def tells_own_place(notice: NoticeContent) -> bool:
    """Whether the letter adds to the number of all people affected how many of them live in the place of its law.

    A law that asks for these alone has an item for them.
    """
    is_one = notice.readers not in {"", *_OF_SEVERAL_PLACES}
    return _tells_people(notice) and is_one and _OWN_PEOPLE not in _asked(notice)


def _tells_people(notice: NoticeContent) -> bool:
    is_open = not _PEOPLE & set(notice.must_not_contain)
    return is_authority(notice.recipient.type) and is_open and bool(_PEOPLE & _asked(notice))


def _asked(notice: NoticeContent) -> frozenset[str]:
    """What the law asks for, whatever the stage."""
    return frozenset(item.item for item in notice.every_item())


def answered(notice: NoticeContent, facts: Facts, stage: str | None, vocabulary: Vocabulary) -> dict[str, EffectState]:
    """How the facts stand that a letter needs for the nature of the incident and the places of the people.

    Only those that its law asks for, by the name of the fact; the places are `yes` where they are counted.
    """
    asked = {item.item for item in notice.items_of(stage) if not vocabulary.conditions[item.required].optional}
    found: dict[str, EffectState] = {}
    if tells_effects(notice) and asked & _NATURE:
        found |= {effect.fact: effect.state for effect in effects_of(facts)}
    if tells_places(notice) and asked & _PEOPLE:
        found[PLACES] = _places_state(facts)
    return found


def _places_state(facts: Facts) -> EffectState:
    fact = facts.get(PLACES)
    if fact is None:
        return "not_stated"
    if fact.has_value:
        return "yes"
    return "unknown" if fact.state is FactState.UNKNOWN else "not_applicable"


def facts_told(notice: NoticeContent, facts: Facts) -> Iterator[str]:
    """The facts that the letter tells beside its content items."""
    if tells_effects(notice):
        yield from (effect.fact for effect in effects_of(facts))
    if tells_places(notice):
        yield PLACES


def told_beside(notice: NoticeContent) -> Iterator[str]:
    """Every fact that a letter may tell beside the content items, and so may call unknown."""
    if tells_effects(notice):
        yield from (name for names in _FACTS.values() for name in names)
        yield _DATE
    if tells_places(notice):
        yield PLACES


def unstated(notice: NoticeContent, facts: Facts) -> Iterator[str]:
    """The facts of which the letter has to say that nobody stated them yet."""
    named = frozenset(facts_told(notice, facts))
    yield from (effect.fact for effect in effects_of(facts) if effect.state == "not_stated" and effect.fact in named)
    if PLACES in named and facts.get(PLACES) is None:
        yield PLACES
