"""Events as they are recorded."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from leakguard.web.shapes.base import ClockTask, Doubted, LocalMoment, Moment, Next, Seconds


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


class ClockThen(TypedDict):
    """How a clock stands on one side of an event."""

    state: str
    work_by: Moment | None
    statutory_limit: Moment | None
    ended_at: Moment | None
    late_by_seconds: Seconds | None
    provisional: bool


class ClockChange(TypedDict):
    """What an event does to one clock."""

    clock: str
    title: str | None
    law: str | None
    soft: bool
    does: str
    before: ClockThen | None
    after: ClockThen
    task: ClockTask | None


class EventPreview(Doubted):
    """An event as it would be recorded, and what it would do."""

    event: Event
    changes: list[ClockChange]
    time_doubt: str | None
    since_first_notice_seconds: Seconds | None


class KindEffect(TypedDict):
    """What an event of a kind does to one clock, and the fields that it needs for that."""

    does: str
    clock: str
    options: list[str]
    fields: dict[str, str]


class KindOfEvent(TypedDict):
    """One kind of event; `needed` are the fields of which it needs one of each list."""

    kind: str
    group: str
    meaning: str
    keywords: str
    fields: list[str]
    needed: list[list[str]]
    effects: list[KindEffect]


class ClockNamed(TypedDict):
    """What a clock is called."""

    id: str
    title: str | None
    law: str | None
    task: ClockTask | None


class EventKinds(TypedDict):
    """The kinds of events, and the names of the clocks that they move."""

    incident: str
    kinds: list[KindOfEvent]
    clocks: dict[str, ClockNamed]
