"""The register of breaches on a screen."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Moment, Next
from leakguard.web.shapes.interview import Code, Said, Span


class EstimatedSpan(Span):
    """How many, by a count or by an estimate."""

    estimated: bool


class ToldRow(TypedDict):
    """One notice that went out."""

    at: Moment
    kind: str
    duty: str | None
    stage: str | None
    reference: str | None
    law: Said | None
    recipient: Said | None


class Breach(TypedDict):
    """One breach."""

    incident: str
    title: str
    state: str
    opened_at: Moment
    aware_at: Moment | None
    has_facts: bool
    what: Said | None
    measures: Said | None
    categories: list[Code]
    people: EstimatedSpan | None
    people_unknown: str | None
    risk: str | None
    why: str
    told: list[ToldRow]
    decided: list[str]


class RegisterPage(TypedDict):
    """A part of the register."""

    rows: list[Breach]
    all: int
    next: Next


class SmallRecorded(TypedDict):
    """What was opened."""

    incidents: list[str]
