"""A person settles a place whose rule is not known; the decision is an event like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leakguard.errors import UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, field
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.notices.facts import Facts
from leakguard.notices.overrides import SETTLED
from leakguard.notices.place_states import pairs_of
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.watched_laws import Seat, places_in
from leakguard.use_cases.letters.override_duty import refuse_decision

_MOST_NAMED = 20


class Settlement(Frozen):
    """What a person decides about a place, as typed."""

    place: str
    role: str
    reason: str
    by: str


class PlacesOfIncident(Frozen):
    """The places that an incident names."""

    named_by: Mapping[str, str] = field(default_factory=dict)
    """By code, what names the place."""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By code, the roles that the facts state for it; a place of the records or of the seat has none."""

    def doubt(self, place: str) -> str:
        """That the incident does not name the place, and which it names; empty where it does."""
        if place in self.named_by:
            return ""
        named = [f"{code} ({by})" for code, by in self.named_by.items()]
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        return f"the incident does not name {place}; it names {', '.join(named[:_MOST_NAMED]) or 'no place'}{more}"

    def refuse_other(self, place: str, role: str) -> None:
        """Raise `UsageProblem` for a place or role that is none of these: deciding about it would settle nothing."""
        if doubt := self.doubt(place):
            raise UsageProblem(
                doubt,
                next_step="Name the facts file that states it: --facts facts.yaml. To decide nevertheless: --anyway.",
            )
        roles = self.roles.get(place, (role,))
        if role not in roles:
            raise UsageProblem(
                f"the facts do not name {place} for the role `{role}`",
                next_step=f"Use one of {', '.join(roles)}. To decide nevertheless: --anyway.",
            )


def places_of_incident(
    records: Sequence[KeptRecord], seat: Seat | None, facts: Facts | None, vocabulary: Vocabulary
) -> PlacesOfIncident:
    """Those of the facts, of the records and of the organisation's seat."""
    named_by: dict[str, str] = {}
    roles: dict[str, tuple[str, ...]] = {}
    for code, role in pairs_of(facts, vocabulary) if facts is not None else ():
        named_by[code] = "the facts"
        roles[code] = (*roles.get(code, ()), role)
    for place in places_in(records):
        named_by.setdefault(vocabulary.place(place.code), place.by)
    for code in seat.codes if seat is not None else ():
        named_by.setdefault(vocabulary.place(code), f"the seat, {seat.by}" if seat is not None else "")
    return PlacesOfIncident(named_by=named_by, roles=roles)


def settle_place(
    store: Journal,
    vocabulary: Vocabulary,
    incident_id: str,
    decided: Settlement,
    *,
    now: Now,
    among: PlacesOfIncident | None = None,
) -> Event:
    """Keep the decision; returns the event. A later decision about the same place and role replaces it.

    `among` are the places that may be settled; `None` for every place.
    Raises `NotFound` for an unknown incident, `UsageProblem` for an unknown place or role, for a place that is none of
    the incident's, for an empty reason or name and for one that holds a value of a person.
    """
    place, role = decided.place, decided.role
    code = vocabulary.place(place.strip().upper())
    if not vocabulary.is_place(code):
        raise UsageProblem(f"`{place[:20]}` is no code of a place", next_step="Write an ISO code, such as DE or US-OH.")
    if role not in vocabulary.obligated:
        near = nearest_name(role[:60], list(vocabulary.obligated))
        hint = f"Did you mean `{near}`?" if near else f"Use one of {', '.join(vocabulary.obligated)}."
        raise UsageProblem(f"no duty knows the role `{role[:60]}`", next_step=hint)
    refuse_decision(decided.reason, decided.by)
    if among is not None:
        among.refuse_other(code, role)
    fields = {"place": code, "role": role, "decider": decided.by.strip()}
    new = NewEvent(kind=SETTLED, reason=decided.reason.strip(), fields=fields)
    checked = NoNameCheck(reason="it names no duty, clock or stage")
    return record_event(store, incident_id, new, now=now, names=checked)
