"""What a person decided about a duty, against the rule or beside it: the reason and the name stay with it."""

from __future__ import annotations

from datetime import datetime

from leakguard.clocks.adjustments import ORGANISATION
from leakguard.clocks.event_selection import record_order
from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.notices.facts import Facts, SettledPlace

DECISIONS = {"applicable": True, "not_applicable": False}
"""The kinds of events that decide about a duty; the clocks of the duty follow the same events."""


SETTLED = "place_settled"
"""The kind of event by which a person settles a place whose rule is not known."""


class Override(Frozen):
    """One decision."""

    event: str
    is_applicable: bool
    reason: str
    by: str
    at: datetime
    organisation: str = ""
    """The one of several organisations that it is about; empty for every one."""


def override_of(facts: Facts, duty: str) -> Override | None:
    """The latest decision about this duty that was not superseded; `None` when nobody decided."""
    decided = [event for event in facts.events if _decides(event, duty, facts)]
    if not decided:  # each of 700 duties asks
        return None
    gone = {event.corrects for event in facts.events}
    found = [event for event in decided if event.id not in gone]
    last = max(found, key=record_order, default=None)
    if last is None:
        return None
    return Override(
        event=last.id,
        is_applicable=DECISIONS[last.kind],
        reason=last.reason or str(last.fields.get("rationale") or "no reason was recorded"),
        by=str(last.fields.get("decider") or "somebody who is not named"),
        at=last.recorded_at,
        organisation=str(last.fields.get(ORGANISATION) or ""),
    )


def is_about_duty(event: Event) -> bool:
    """Whether the event decides about a duty as a whole: one that names a stage is about the clock of that stage."""
    return event.kind in DECISIONS and not event.fields.get("stage")


def _decides(event: Event, duty: str, facts: Facts) -> bool:
    """A decision that names an organisation is about that one alone."""
    if not is_about_duty(event) or event.fields.get("obligation") != duty:
        return False
    name = event.fields.get(ORGANISATION)
    return not name or facts.organisation.is_called(str(name))


def settled_of(facts: Facts, place: str, role: str) -> SettledPlace | None:
    """The latest decision about a place and role that was not superseded, else what the file states."""
    gone = {event.corrects for event in facts.events}
    found = [event for event in facts.events if _settles(event, place, role) and event.id not in gone]
    last = max(found, key=record_order, default=None)
    if last is None:
        return next(
            (
                settled_place
                for settled_place in facts.settled
                if (settled_place.place, settled_place.role) == (place, role)
            ),
            None,
        )
    return SettledPlace(
        place=place, role=role, reason=last.reason or "no reason was recorded", event=last.id, at=last.recorded_at,
        by=str(last.fields.get("decider") or "somebody who is not named"),
    )  # fmt: skip


def _settles(event: Event, place: str, role: str) -> bool:
    stated = (event.fields.get("place"), event.fields.get("role"))
    return event.kind == SETTLED and stated == (place, role)
