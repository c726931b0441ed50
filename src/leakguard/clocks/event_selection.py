"""Selecting an event: the first, last or nth of a kind that passes the filters, by one or more alternative patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from leakguard.frozen import Frozen
from leakguard.models.events import Event

ANYTHING = "*"
"""In a filter: any value that is not empty."""
_NUMBERED = re.compile(r"(?:E|event)-([0-9]{1,18})", re.ASCII)
"""How the ledger names events, and how `event_rows` names those of a file that have no id."""


class EventPattern(Frozen):
    """One alternative: which of the events of a kind that pass the filters."""

    kind: str
    which: str = "first"
    """`first`, `last` or `nth`."""
    n: int = 1
    """Counted from one; for `nth` alone."""
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def required_fields(self) -> tuple[str, ...]:
        """The fields that must not be empty, whatever their value."""
        return tuple(key for key, value in self.filters if value == ANYTHING)

    def matches(self, event: Event) -> bool:
        """Whether the event is of this kind and its fields pass all filters."""
        return event.kind == self.kind and all(_passes(event, key, value) for key, value in self.filters)

    def select(self, events: Iterable[Event]) -> Event | None:
        """The event that is selected from events in the order of `event_order`; `None` while there is none."""
        found = [event for event in events if self.matches(event)]
        if self.which == "last":
            return found[-1] if found else None
        return found[self.n - 1] if len(found) >= self.n else None


class Selector(Frozen):
    """One or more alternative patterns."""

    patterns: tuple[EventPattern, ...]

    @property
    def takes_latest(self) -> bool:
        """Whether any pattern says `last`; then the latest event of all patterns is taken, else the earliest."""
        return any(pattern.which == "last" for pattern in self.patterns)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of event that can matter here."""
        return frozenset(pattern.kind for pattern in self.patterns)

    def matches(self, event: Event) -> bool:
        """Whether the event matches any alternative, without regard to `first`, `last` or `nth`."""
        return any(pattern.matches(event) for pattern in self.patterns)

    def select(self, by_kind: Mapping[str, tuple[Event, ...]]) -> Event | None:
        """The event that is selected: the earliest of the alternatives; the latest of them if any says `last`.

        `by_kind` has the events of each kind in the order of `event_order`.
        """
        found = [
            event for pattern in self.patterns if (event := pattern.select(by_kind.get(pattern.kind, ()))) is not None
        ]
        if not found:
            return None
        return max(found, key=event_order) if self.takes_latest else min(found, key=event_order)

    def values_of(self, key: str) -> frozenset[str]:
        """What the alternatives ask of one field, such as their `obligation`."""
        return frozenset(value for pattern in self.patterns for name, value in pattern.filters if name == key)


def event_order(event: Event) -> tuple[object, ...]:
    """The key to sort events: by when they happened, then by when they were recorded, then by id."""
    return (event.occurred_at.earliest, event.occurred_at.latest, *record_order(event))


def record_order(event: Event) -> tuple[datetime, int, str]:
    """The key to sort events by when they were recorded; then by the number in their id: E-9 before E-10."""
    number = _NUMBERED.fullmatch(event.id)
    return (event.recorded_at, int(number[1]) if number else 0, event.id)


def _passes(event: Event, key: str, wanted: str) -> bool:
    if wanted == ANYTHING:
        return bool(_value(event, key))
    return _value_text(event, key) == wanted


def _value(event: Event, key: str) -> object:
    return event.source if key == "source" else event.fields.get(key)


def _value_text(event: Event, key: str) -> str:
    value = _value(event, key)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
