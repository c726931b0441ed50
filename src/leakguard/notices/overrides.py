"""What a person decided about a duty, against the rule or beside it: the reason and the name stay with it."""

from __future__ import annotations

from datetime import datetime

from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.notices.facts import Facts

DECISIONS = {"applicable": True, "not_applicable": False}
"""The kinds of events that decide about a duty; the clocks of the duty follow the same events."""


class Override(Frozen):
    """One decision."""

    event: str
    is_applicable: bool
    reason: str
    by: str
    at: datetime


def override_of(facts: Facts, duty: str) -> Override | None:
    """The latest decision about this duty that was not superseded; `None` when nobody decided."""
    gone = {event.corrects for event in facts.events}
    found = [event for event in facts.events if _decides(event, duty) and event.id not in gone]
    last = max(found, key=lambda event: (event.recorded_at, event.id), default=None)
    if last is None:
        return None
    return Override(
        event=last.id,
        is_applicable=DECISIONS[last.kind],
        reason=last.reason or str(last.fields.get("rationale") or "no reason was recorded"),
        by=str(last.fields.get("decider") or "somebody who is not named"),
        at=last.recorded_at,
    )


def _decides(event: Event, duty: str) -> bool:
    return event.kind in DECISIONS and event.fields.get("obligation") == duty
