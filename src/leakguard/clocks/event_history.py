"""The history of an incident's events: what was believed at a moment, after corrections, in cycles.

The model is bitemporal: each event has a time when it happened (`occurred_at`) and a time when it was recorded
(`recorded_at`). *Believed* at a moment is what was recorded by then and not superseded by then.
Stored events are never changed.

- `EventHistory`: what had happened and was recorded by its `known_at`.
- `View`: what of this was recorded and not superseded by one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from leakguard.clocks.event_selection import event_order, record_order
from leakguard.clocks.times import MICROSECOND
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event

ByKind = Mapping[str, tuple[Event, ...]]
"""Events by their kind, those of each kind in the order of `event_order`."""
EVERYTHING = datetime.max.replace(tzinfo=UTC)
"""As `known_at`: every recorded event counts, even one whose `recorded_at` lies in the future."""
_ALWAYS = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Cycle(Frozen):
    """One period of the incident: from its opening, or the closing before a reopening, to the next reopening.

    Events between a closing and its reopening belong to both cycles.
    """

    anchors: ByKind
    """What clocks of this cycle may count from."""
    events: ByKind
    """Every event of this cycle, also after its closing: a late filing still belongs to the old cycle."""
    closed: Event | None = None
    reopened_at: datetime | None = None
    """The time of the reopening with which it started; `None` for the first cycle."""


class View(Frozen):
    """The events that were believed at one moment, whole and by cycle."""

    by_kind: ByKind
    """The events of all cycles."""
    cycles: tuple[Cycle, ...]
    """The last one is the current one."""

    def ended_by_reopening_at(self, number: int) -> datetime | None:
        """When a reopening ended cycle `number`; `None` for the last cycle, and for a number out of range."""
        is_followed = 0 <= number < len(self.cycles) - 1
        return self.by_kind["reopened"][number].occurred_at.earliest if is_followed else None

    def carried_on(self, number: int, *, closed: Event | None) -> Cycle:
        """Cycle `number` with the events of all later cycles added: a clock that runs on may end in any of them."""
        merged: dict[str, dict[str, Event]] = {}
        for cycle in self.cycles[number:]:
            for kind, events in cycle.events.items():
                merged.setdefault(kind, {}).update((event.id, event) for event in events)
        together = {kind: tuple(events.values()) for kind, events in merged.items()}
        return replace(self.cycles[number], events=together, closed=closed)


class EventHistory:
    """The events of one incident, and the view of them as of any moment up to `known_at`; each is computed once."""

    def __init__(self, events: Iterable[Event], now: datetime, known_at: datetime | None = None) -> None:
        """Leaves out what is recorded or happens after `known_at`, by default `now`, and what is only planned."""
        ordered = sorted(events, key=record_order)
        self.now = now
        self.known_at = known_at or now
        self.events = tuple(
            event
            for event in ordered
            if max(event.recorded_at, event.occurred_at.earliest) <= self.known_at and event.kind != "planned"
        )
        self.recorded_later_count = sum(
            event.recorded_at > self.known_at and event.kind != "planned" for event in ordered
        )
        self.has_corrections = any(event.corrects is not None for event in self.events)
        self._roots = _roots(self.events) if self.has_corrections else {}
        self._views: dict[datetime, View] = {}

    def view(self, known_at: datetime) -> View:
        """What was believed at `known_at`."""
        if known_at not in self._views:
            self._views[known_at] = _view(self._believed(known_at))
        return self._views[known_at]

    def _believed(self, known_at: datetime) -> list[Event]:
        recorded = [event for event in self.events if event.recorded_at <= known_at]
        if not self.has_corrections:
            return recorded
        latest: dict[str, Event] = {}
        for event in recorded:
            latest[self._roots[event.id]] = event
        return [event for event in latest.values() if event.kind != "retracted"]


def _roots(events: Iterable[Event]) -> dict[str, str]:
    """By event id, the id of the event at the start of its chain of corrections; a circular chain shares one."""
    parents = {event.id: event.corrects for event in events}
    roots: dict[str, str] = {}
    for start in parents:
        path, here = [start], start
        while here not in roots and (parent := parents.get(here)) is not None and parent not in path:
            path.append(parent)
            here = parent
        root = roots.get(here, min(path) if parents.get(here) is not None else here)
        roots.update(dict.fromkeys(path, root))
    return roots


def _view(events: list[Event]) -> View:
    ordered = sorted(_with_closings_before_reopenings(events), key=event_order)
    by_kind = _grouped(ordered)
    reopenings = by_kind.get("reopened", ())
    if not reopenings:
        closings = by_kind.get("closed", ())
        only = Cycle(anchors=by_kind, events=by_kind, closed=closings[0] if closings else None)
        return View(by_kind=by_kind, cycles=(only,))
    return View(by_kind=by_kind, cycles=tuple(_cycles(ordered, reopenings, by_kind.get("closed", ()))))


def _with_closings_before_reopenings(events: list[Event]) -> list[Event]:
    """The events, each closing moved to just before any reopening that was recorded after it.

    A closing can seem later than its reopening if the system clock was fast at the closing or slow at the reopening.
    Without the move, the clocks of an open incident would count as over.
    """
    reopenings = [event for event in events if event.kind == "reopened"]
    if not reopenings:
        return events
    return [_moved_before_reopenings(event, reopenings) if event.kind == "closed" else event for event in events]


def _moved_before_reopenings(closed: Event, reopenings: list[Event]) -> Event:
    later = (reopening.occurred_at.earliest for reopening in reopenings if reopening.recorded_at > closed.recorded_at)
    until = min(later, default=_NEVER)
    if closed.occurred_at.earliest < until:
        return closed
    at = until - MICROSECOND
    return replace(closed, occurred_at=replace(closed.occurred_at, earliest=at, latest=at))


def _grouped(ordered: Iterable[Event]) -> dict[str, tuple[Event, ...]]:
    groups: dict[str, list[Event]] = {}
    for event in ordered:
        groups.setdefault(event.kind, []).append(event)
    return {kind: tuple(group) for kind, group in groups.items()}


def _cycles(ordered: list[Event], reopenings: tuple[Event, ...], closings: tuple[Event, ...]) -> Iterable[Cycle]:
    """Split the events into cycles, one up to each reopening and one after the last.

    A notice after a closing is why the incident was reopened, so it anchors the new cycle; the closing itself does not.
    """
    start, previous_closing, reopened_at = _ALWAYS, None, None
    for reopened in (*reopenings, None):
        until = reopened.occurred_at.earliest if reopened is not None else _NEVER
        own = [
            event for event in ordered if event is not previous_closing and start <= event.occurred_at.earliest < until
        ]
        closed = next((closing for closing in closings if closing in own), None)
        # Without a reopening, events after the closing may still be anchors of this, the last, cycle.
        anchors_end = until if closed is None or reopened is None else closed.occurred_at.earliest
        yield Cycle(
            anchors=_grouped(event for event in own if event.occurred_at.earliest < anchors_end),
            events=_grouped(own),
            closed=closed,
            reopened_at=reopened_at,
        )
        start, previous_closing, reopened_at = anchors_end, closed, until
