"""Times that nobody can have meant: an event long before everything else, a filing before anybody was aware."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from leakguard.models.events import Event
from leakguard.ports import Journal
from leakguard.use_cases.incidents.incidents import load_incident, superseded

FAR = timedelta(days=30)
"""An event that lies further before everything else of its incident mostly has a mistyped year or month."""
_MAY_BE_OLD = frozenset({"exposure_started", "exposure_first_seen", "planned"})
"""Kinds that tell of the past: a store may have been open for years."""


def odd_time(journal: Journal, identifier: str, event: Event) -> str | None:
    """What is odd about when an event that was just recorded is said to have happened; `None` where nothing is.

    A filing before the first awareness is odd by any length, other events if they lie `FAR` before all others.
    """
    at = event.occurred_at
    is_filing = event.kind == "filed"
    if event.kind in _MAY_BE_OLD or (not is_filing and event.recorded_at - at.latest <= FAR):
        return None
    events = load_incident(journal, identifier).events
    gone = {event.id, *superseded(events)}
    others = [other for other in events if other.id not in gone and other.kind != "planned"]
    aware = _first(other for other in others if other.kind == "awareness")
    if is_filing and aware is not None and at.latest < aware.occurred_at.earliest:
        return _words("this filing", aware.occurred_at.earliest - at.latest, "awareness")
    first = _first(others)
    if first is None or first.occurred_at.earliest - at.latest <= FAR:
        return None
    what = "this filing" if is_filing else f"this event `{event.kind}`"
    return _words(what, first.occurred_at.earliest - at.latest, f"everything else of the incident ({first.id})")


def _first(events: Iterable[Event]) -> Event | None:
    return min(events, key=lambda event: event.occurred_at.earliest, default=None)


def _words(what: str, gap: timedelta, before: str) -> str:
    length = f"{gap.days:,} days" if gap.days > 1 else f"{gap.total_seconds() / 3600:,.1f} hours"
    asked = "was the year meant?" if gap > FAR else "was that time meant?"
    return f"{what} lies {length} before {before}; {asked}"
