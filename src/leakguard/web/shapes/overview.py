"""The head of an incident, and lists of incidents."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import ClockTask, Moment, Next, Seconds
from leakguard.web.shapes.clocks import BoardClock


class Said(TypedDict):
    """A text that a person wrote; the same in both where there is one alone."""

    en: str
    zh: str


class DataKind(TypedDict):
    """One kind of data, and what it is called."""

    category: str
    en: str
    zh: str


class What(TypedDict):
    """Which kinds of data; `state` is that of the fact, `unstated` where nothing tells it."""

    state: str
    reason: Said | None
    categories: list[DataKind]


class People(TypedDict):
    """How many, at least and at most."""

    state: str
    reason: Said | None
    low: int | None
    high: int | None


class HowMuch(People):
    """How many records, and how large they are together."""

    bytes: int | None


class SinceWhen(TypedDict):
    """Since when it is open: what a person stated, and when our scanner first saw it."""

    state: str
    reason: Said | None
    earliest: Moment | None
    latest: Moment | None
    first_seen: Moment | None


class ExposedPlace(TypedDict):
    """Where a finding is."""

    finding: str
    place: str
    datastore: str
    product: str | None
    version: str | None
    severity: str
    outcome: str


class Lead(TypedDict):
    """Who leads: by a step of the playbook, or as who is on call."""

    name: str
    why: str


class Overview(TypedDict):
    """An incident in ten seconds."""

    id: str
    title: str
    state: str
    zone: str
    opened_at: Moment
    opened_by: str | None
    severity: str | None
    places: list[ExposedPlace]
    has_facts: bool
    kinds: dict[str, DataKind]
    what: What
    how_much: HowMuch
    people: People
    since: SinceWhen
    lead: Lead | None
    laws_known: bool
    next: BoardClock | None
    counts: dict[str, int]


class ListedIncident(TypedDict):
    """An incident of the list, with its next limit and how many of its clocks are past theirs."""

    id: str
    title: str
    state: str
    opened_at: Moment
    opened_by: str | None
    findings: int
    severity: str | None
    lead: str | None
    next: BoardClock | None
    late: int


class OverviewPage(TypedDict):
    """A page of the list, the most urgent first."""

    now: Moment
    count: int
    late: int
    incidents: list[ListedIncident]
    next: Next


class FactNamed(TypedDict):
    """A fact by its name, and what it is called."""

    fact: str
    en: str
    zh: str


class WaitedFor(FactNamed):
    """A fact that duties wait for."""

    duties: int


class Addressed(TypedDict):
    """To whom a notice goes."""

    type: str
    name: str


class Notification(TypedDict):
    """One notice, and how far it is: `late`, `due`, `at_once`, `waits` or `done`."""

    duty: str
    stage: str
    clock: str
    title: str | None
    law: str | None
    soft: bool
    applies: str
    state: str
    task: ClockTask | None
    recipient: Addressed
    anchor_event: str | None
    ended_event: str | None
    work_by: Moment | None
    ended_at: Moment | None
    late_by_seconds: Seconds | None
    missing_facts: list[FactNamed]


class OpenPlace(TypedDict):
    """A place of whose law nobody knows, for one role."""

    place: str
    role: str


class Notifications(TypedDict):
    """Who has to be notified; without facts, by every law that is watched."""

    incident: str
    by_facts: bool
    notices: list[Notification]
    undecided: list[WaitedFor]
    open_places: list[OpenPlace]
