"""The one bag of facts of an incident: each known, estimated, unknown for a stated reason, or not applicable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from leakguard.clocks.times import zone_of
from leakguard.frozen import Frozen, field, replace
from leakguard.models.events import Event, Interval
from leakguard.notices.fact_values import Contact, Said, Value

_Kept = TypeVar("_Kept")

_DISCOVERY_KINDS = frozenset(
    {"discovery", "discovery_or_notification", "awareness", "detected", "detection", "noticing", "notice_received",
     "reasonable_belief", "breach_confirmed", "confirmation", "exposure_first_seen"}
)  # fmt: skip
"""Events with which an incident enters the sight of the organisation: from then on duties can arise."""


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
    reason: Said | None = None
    """Why it is unknown or not applicable."""
    evidence: str = ""
    why: str = ""
    """The reasons behind a person's decision."""

    @property
    def has_value(self) -> bool:
        """Whether there is something to tell, exact or estimated."""
        return self.state in {FactState.KNOWN, FactState.ESTIMATED}


class Organisation(Frozen):
    """Who reports."""

    name: Said
    role: str = ""
    country: str = ""
    sector: Said | None = None
    registration: Said | None = None
    contact: Contact | None = None
    dpo: Contact | None = None


class Facts(Frozen):
    """Everything that was stated about one incident."""

    incident: str
    organisation: Organisation
    obligated_as: tuple[str, ...]
    stated: Mapping[str, Fact]
    events: tuple[Event, ...] = ()
    zone: str = "UTC"
    edpb: Mapping[str, Any] = field(default_factory=dict)
    """A person's own answers to fields of the EDPB's template, as written."""
    local: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    """Facts that stand in the place of the stated ones for people of one jurisdiction, such as whom to ask for help."""

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

    def with_events(self, events: tuple[Event, ...]) -> Facts:
        """These facts with further events of the same incident; an id that both have counts once."""
        known = {event.id for event in self.events}
        return replace(self, events=(*self.events, *(event for event in events if event.id not in known)))

    def days(self, today: date) -> tuple[date, date]:
        """The earliest and latest day on which the incident came into sight, by which the law of the day is chosen.

        The first event of discovery, awareness or notice; else the stated day of discovery, else of the breach,
        else `today`.
        """
        found = first_sight(self.events)
        for name in ("discovery_date", "breach_date"):
            found = found or self.value_of(name, Interval)
        if found is None:
            return today, today
        return days_of(found, self.zone)


def first_sight(events: Sequence[Event]) -> Interval | None:
    """When the incident came into sight: the first discovery, awareness or notice that no later event supersedes."""
    superseded = {event.corrects for event in events}
    seen = [event.occurred_at for event in events if event.kind in _DISCOVERY_KINDS and event.id not in superseded]
    return min(seen, key=lambda moment: moment.earliest, default=None)


def days_of(when: Interval, zone: str) -> tuple[date, date]:
    """The earliest and latest day of a time in its own zone, else in `zone`."""
    place = zone_of(when.zone or zone)
    return when.earliest.astimezone(place).date(), when.latest.astimezone(place).date()
