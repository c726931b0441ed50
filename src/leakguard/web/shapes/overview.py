"""The head of an incident, and lists of incidents."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Moment
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
    what: What
    how_much: HowMuch
    people: People
    since: SinceWhen
    lead: Lead | None
    laws_known: bool
    next: BoardClock | None
    counts: dict[str, int]
