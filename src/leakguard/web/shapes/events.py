"""Events as they are recorded."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from leakguard.web.shapes.base import Doubted, LocalMoment, Moment, Next


class EventTime(TypedDict):
    """When something happened: between the two."""

    earliest: Moment
    latest: Moment
    earliest_local: LocalMoment
    latest_local: LocalMoment
    stated: str
    zone: str


class Event(TypedDict):
    """Something that happened, as it was recorded."""

    id: str
    kind: str
    occurred_at: EventTime
    recorded_at: Moment
    source: str
    reason: str
    corrects: str | None
    superseded_by: str | None
    fields: dict[str, Any]
    by: str | None
    by_id: str | None
    by_source: str | None


class Contradiction(TypedDict):
    """A look that found open what a person calls closed."""

    finding: str
    run: str
    vantage: str
    at: Moment


class EventRecorded(Event, Doubted):
    """An event that was just recorded, and what to know about it."""

    still_running: NotRequired[list[str]]
    contradicted_by: NotRequired[list[Contradiction]]
    time_doubt: NotRequired[str]


class EventPage(TypedDict):
    """A page of the events of one incident."""

    incident: str
    events: list[Event]
    next: Next


class Change(TypedDict):
    """One entry of an incident."""

    sequence: int
    incident: str
    kind: str
    recorded_at: Moment
    event: Event | None


class Changes(TypedDict):
    """What was recorded behind a number of the ledger."""

    changes: list[Change]
    next: int
    more: bool
