"""Incidents."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import ClockTask, Doubted, LocalMoment, Moment, Next
from leakguard.web.shapes.events import Contradiction, Event


class IncidentLine(TypedDict):
    """An incident without its events."""

    id: str
    title: str
    state: str
    opened_at: Moment
    opened_at_local: LocalMoment
    zone: str
    findings: list[str]
    event_count: int


class IncidentPage(TypedDict):
    """A page of the incidents."""

    incidents: list[IncidentLine]
    next: Next


class UnknownLaw(TypedDict):
    """A duty of which nobody knows what it said on the day."""

    duty: str
    because: str


class IncidentShown(IncidentLine, Doubted):
    """An incident as it stands."""

    events: list[Event]
    still_running: NotRequired[list[str]]
    no_rule_for_the_day: NotRequired[list[UnknownLaw]]


class TimelineLine(Event):
    """One moment of the story."""

    is_step: bool
    late_seconds: Annotated[int | None, Meta(description="How long after it happened it was recorded, if late.")]
    closed_by_word: NotRequired[str]


class Timeline(TypedDict):
    """The story in the order in which it happened."""

    incident: str
    zone: str
    lines: list[TimelineLine]


class Report(TypedDict):
    """The report of an incident: everything that the ledger tells of it."""

    schema: str
    incident: str
    title: str
    state: str
    zone: str
    known_at: Moment
    opened_at: Moment
    is_drill: bool
    version: str
    timeline: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    filings: list[dict[str, Any]]
    promises: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    alarms: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    waiting_clocks: list[str]
    headline: dict[str, Any]
    erased_findings: list[str]
    unfinished: list[dict[str, Any]]
    closed_by_word: list[str]
    laws: list[str]
    wrong_clocks: list[str]
    duties: list[dict[str, Any]]
    playbook: dict[str, Any] | None
    measures: list[dict[str, Any]]
    ledger: dict[str, Any]


class Missing(TypedDict):
    """One thing that is not finished."""

    area: str
    name: str
    text: str
    owner: str | None
    due_at: Moment | None
    late: bool
    title: str | None
    law: str | None
    facts: list[str]
    task: NotRequired[ClockTask | None]


class MissingToClose(TypedDict):
    """What is missing until the incident can be closed."""

    incident: str
    missing: list[Missing]
    closed_by_word: list[str]


class IncidentClosed(Event):
    """The event by which an incident was closed."""

    incident: str
    overridden: list[Missing]
    still_running: list[str]
    closed_by_word: list[str]
    contradicted_by: NotRequired[list[Contradiction]]


class IncidentReopened(Event):
    """The event by which it was opened again, and what is missing."""

    incident: str
    missing: list[Missing]
