"""The one bag of facts of an incident: each known, estimated, unknown for a stated reason, or not applicable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from leakguard.clocks.times import zone_of
from leakguard.frozen import Frozen, field, replace
from leakguard.models.events import Event, Interval
from leakguard.notices.audiences import Audience
from leakguard.notices.fact_values import Contact, LocalisedText, Value

_Kept = TypeVar("_Kept")

COUNTRY, REGION = "organisation.country", "organisation.region"
"""Facts about where the organisation sits."""
_DISCOVERY_KINDS = frozenset(
    {"discovery", "discovery_or_notification", "awareness", "detected", "detection", "noticing", "notice_received",
     "notice_read", "reasonable_belief", "credible_grounds", "breach_confirmed", "confirmation", "exposure_first_seen"}
)  # fmt: skip
"""Events with which an incident enters the sight of the organisation: from then on duties can arise."""
_LATER_KINDS = frozenset(
    {"processor_awareness", "determination", "classification", "classified", "materiality_determination",
     "materiality_determined", "high_risk_determined", "payment", "contained", "filed", "subjects_notified",
     "individual_notice_sent"}
)  # fmt: skip
"""Events that follow soon upon it, for a file that states no discovery; a processor's awareness is not our own."""


class FactState(StrEnum):
    """How well a fact is known."""

    KNOWN = "known"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Fact(Frozen):
    """One stated fact."""

    name: str
    state: FactState
    value: Value | None = None
    """`None` when unknown or not applicable."""
    reason: LocalisedText | None = None
    """Why it is unknown or not applicable."""
    evidence: str = ""
    why: str = ""
    """The reasons behind a person's decision."""
    readers: Mapping[Audience, Fact] = field(default_factory=dict)
    """The same fact in the words for one kind of reader, where they are not those for all."""
    written_for: Audience | None = None
    """The one kind of reader that these words are for; `None` for those for all."""

    def told_to(self, audience: Audience) -> Fact:
        """The fact in the words for this reader, else in those for all; a guardian is told as the person would be."""
        own = self.readers.get(audience)
        if own is None and audience == "guardian":
            own = self.readers.get("person")
        return own or (replace(self, readers={}) if self.readers else self)

    @property
    def has_value(self) -> bool:
        """Whether there is something to tell, exact or estimated."""
        return self.state in {FactState.KNOWN, FactState.ESTIMATED}


def plain_name(name: str) -> str:
    """A name as it is compared with others."""
    return " ".join(name.split()).casefold()


class Organisation(Frozen):
    """Who reports, or another organisation that the incident concerns."""

    name: LocalisedText
    role: str = ""
    country: str = ""
    region: str = ""
    """The part of the country where it sits: DE-BW."""
    main_establishment: str = ""
    """Where its central administration in a region of several countries is, if not at its seat."""
    body: str = ""
    """What sort of organisation it is, where that decides which office is competent."""
    sector: LocalisedText | None = None
    registration: LocalisedText | None = None
    contact: Contact | None = None
    dpo: Contact | None = None
    obligated_as: tuple[str, ...] = ()
    """Which laws' addressees it is."""
    not_obligated_as: tuple[str, ...] = ()
    """Which laws' addressees somebody found that it is not, so that nobody is asked again."""
    operates_in: tuple[str, ...] = ()
    """Where it offers services or runs networks, if that is not what the fact `operates_in` states for all."""

    def is_called(self, name: str) -> bool:
        """Whether this is one of its names; case and spaces do not count."""
        return plain_name(name) in {plain_name(text) for text in self.name.texts.values()}

    @property
    def seat(self) -> str:
        """Where it sits, as closely as somebody stated it; empty when nobody did."""
        return self.region or self.country


class SettledPlace(Frozen):
    """What a person decided about a place whose rule is not known."""

    place: str
    role: str
    reason: str
    by: str
    event: str = ""
    """The event that keeps it; empty where a facts file states it."""
    at: datetime | None = None


class WithheldHelp(Frozen):
    """What a person decided about help that people of some places are not offered, though others are."""

    remedy: str
    places: tuple[str, ...]
    reason: str
    by: str


class Sight(Frozen):
    """When an incident came into the sight of the organisation."""

    at: Interval
    by: str
    """What shows it: an event or a fact."""
    is_discovery: bool = False
    """An event of discovery, awareness or notice shows it, and not a later step or the breach itself."""


class Facts(Frozen, dict=True):
    """Everything that was stated about one incident."""

    incident: str
    organisation: Organisation
    obligated_as: tuple[str, ...]
    stated: Mapping[str, Fact]
    events: tuple[Event, ...] = ()
    known_at: datetime | None = None
    """Up to when the events are known; `None` is the moment for which they are reckoned."""
    zone: str = "UTC"
    edpb: Mapping[str, Any] = field(default_factory=dict)
    """A person's own answers to fields of the EDPB's template, as written."""
    local: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    """Facts that stand in the place of the stated ones for people of one jurisdiction, such as whom to ask for help."""
    others: tuple[Organisation, ...] = ()
    """Further organisations of the incident, such as an affiliate, a joint controller or a processor."""
    reports_first: Organisation | None = None
    """Of a further organisation of the incident: the one that the facts name first."""
    settled: tuple[SettledPlace, ...] = ()
    """What the file states about places whose rule is not known."""
    withheld: tuple[WithheldHelp, ...] = ()
    """Who is offered less than others, and why."""
    addressees: Mapping[str, LocalisedText] = field(default_factory=dict)
    """To which office the letter of a duty goes, by the id of the duty; lines of an address stand between `|`."""
    not_known_yet: LocalisedText | None = None
    """Why nobody knows yet what no fact states; a first notice gives this reason where the law lets an item follow."""

    def parties(self) -> tuple[Facts, ...]:
        """The same facts for each organisation: the one that reports first."""
        rest = (
            replace(
                self, organisation=other, obligated_as=other.obligated_as, others=(), reports_first=self.organisation
            )
            for other in self.others
        )
        return tuple(_with_own_places(facts) for facts in (self, *rest))

    def get(self, name: str) -> Fact | None:
        """The fact of this name, also those that the organisation's own entry answers; `None` when nobody stated it."""
        if name in self.stated:
            return self.stated[name]
        value = self._of_organisation(name)
        return None if value is None else Fact(name=name, state=FactState.KNOWN, value=value)

    def value_of(self, name: str, kind: type[_Kept]) -> _Kept | None:
        """The value of a fact when it is stated and of this type."""
        fact = self.get(name)
        return fact.value if fact is not None and isinstance(fact.value, kind) else None

    def _of_organisation(self, name: str) -> Value | None:
        who = self.organisation
        if name == "org_identity":
            return (who.name,) if who.name.texts else None
        if name == "org_registration":
            return (who.registration,) if who.registration else None
        return {"org_contact": who.contact, "dpo_contact": who.dpo}.get(name)

    def for_place(self, code: str) -> Facts:
        """These facts for people of a country or subdivision: its own ones come first, then its country's."""
        country = code.split("-", maxsplit=1)[0]
        own = {**self.local.get(country, {}), **self.local.get(code, {})}
        return replace(self, stated={**self.stated, **own}) if own else self

    def for_audience(self, audience: Audience) -> Facts:
        """These facts in the words for one kind of reader."""
        parts = (self.stated, *self.local.values())
        if not any(fact.readers for part in parts for fact in part.values()):
            return self
        return replace(
            self,
            stated=_told_to(self.stated, audience),
            local={place: _told_to(part, audience) for place, part in self.local.items()},
        )

    def with_events(self, events: tuple[Event, ...]) -> Facts:
        """These facts with further events of the same incident; an id that both have counts once."""
        known = {event.id for event in self.events}
        return replace(self, events=(*self.events, *(event for event in events if event.id not in known)))

    def sight(self) -> Sight | None:
        """When the incident came into sight; `None` when nothing that was stated tells it.

        The first event of discovery, awareness or notice, told more closely by the stated day of discovery; else that
        day; else a later step, such as a classification; else the breach itself.
        """
        discovered = self.value_of("discovery_date", Interval)
        for kinds, stated in ((_DISCOVERY_KINDS, "discovery_date"), (_LATER_KINDS, "breach_date")):
            first = _first(self.events, kinds)
            if first is not None and kinds is _DISCOVERY_KINDS:
                first = replace(first, is_discovery=True)
            if first is not None:
                return first if discovered is None else replace(first, at=_both(first.at, discovered))
            at = self.value_of(stated, Interval)
            if at is not None:
                return Sight(at=at, by=f"`{stated}`")
        return _first(self.events, frozenset({"occurrence"}))

    def days(self, now: datetime, zone: str | None = None) -> tuple[date, date]:
        """The earliest and latest day on which the incident came into sight, by which the law of the day is chosen.

        A moment that is known exactly has its day where the law is, in `zone`; a day that somebody stated is that day.
        Today, where nothing was stated.
        """
        if (now, zone) not in self._days:
            sight = self.sight()
            self._days[now, zone] = days_of(sight.at if sight is not None else None, self.zone, now, zone)
        return self._days[now, zone]

    @cached_property
    def _days(self) -> dict[tuple[datetime, str | None], tuple[date, date]]:
        """What `days` answered before: each duty asks it."""
        return {}


def _told_to(stated: Mapping[str, Fact], audience: Audience) -> dict[str, Fact]:
    return {name: fact.told_to(audience) for name, fact in stated.items()}


def _with_own_places(facts: Facts) -> Facts:
    """With the places of the organisation's own entry in place of those that are stated for all."""
    places = facts.organisation.operates_in
    if not places:
        return facts
    own = Fact(name="operates_in", state=FactState.KNOWN, value=places)
    return replace(facts, stated={**facts.stated, "operates_in": own})


def first_sight(events: Sequence[Event]) -> Interval | None:
    """When the incident came into sight by its events alone; when it happened is none of it."""
    sight = _first(events, _DISCOVERY_KINDS) or _first(events, _LATER_KINDS)
    return sight.at if sight is not None else None


def days_of(sight: Interval | None, own: str, now: datetime, zone: str | None = None) -> tuple[date, date]:
    """As `Facts.days`, of an incident whose own zone is `own`."""
    if sight is None:
        today = now.astimezone(zone_of(zone or own)).date()
        return today, today
    where = zone_of(zone if zone is not None and sight.is_exact else sight.zone or own)
    return sight.earliest.astimezone(where).date(), sight.latest.astimezone(where).date()


def _first(events: Sequence[Event], kinds: frozenset[str]) -> Sight | None:
    """The first of these events; one that is known roughly came no later than the others."""
    superseded = {event.corrects for event in events}
    seen = [event for event in events if event.kind in kinds and event.id not in superseded]
    if not seen:
        return None
    first = min(seen, key=lambda event: event.occurred_at.earliest)
    latest = min(event.occurred_at.latest for event in seen)
    return Sight(at=replace(first.occurred_at, latest=latest), by=f"the event `{first.id}`")


def _both(interval: Interval, other: Interval) -> Interval:
    """The time in which two statements agree; `one` where it is exact already, or where they do not agree."""
    earliest, latest = max(interval.earliest, other.earliest), min(interval.latest, other.latest)
    return interval if interval.is_exact or earliest > latest else replace(other, earliest=earliest, latest=latest)
