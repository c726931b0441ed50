"""Facts, the duties that they bring, and questions."""

from __future__ import annotations

from typing import Any, TypedDict

from leakguard.web.shapes.base import Day, Moment
from leakguard.web.shapes.clocks import Clock


class KeptFacts(TypedDict):
    """The facts of an incident as they were written last."""

    incident: str
    sequence: int
    written_at: Moment
    by: str | None
    by_source: str | None
    sha256: str
    text: str
    facts: Any


class RuleSource(TypedDict):
    """Where a part of a rule stands."""

    url: str
    kind: str
    on: Day


class Review(TypedDict):
    """Who reviewed the rule."""

    by: str
    on: Day
    note: str
    older_than_rule: bool


class Phase(Clock):
    """One stage of a duty, and how its clock stands."""

    name: str


class NamedOffice(TypedDict):
    """An office by its names."""

    id: str
    name: str
    name_local: str
    name_zh: str


class OtherOffice(NamedOffice):
    """The office for one kind of body."""

    body: str


class Authority(TypedDict, total=False):
    """Who gets the notice, as far as it is known."""

    id: str | None
    name: str | None
    name_local: str | None
    name_zh: str
    form_kind: str
    form_url: str | None
    form_email: str | None
    languages: list[str]
    checked_on: Day
    source_kind: str
    from_memory: list[str]
    notes: Any
    state: str
    reason: str
    because: str
    because_zh: str
    decided_by: list[str]
    open_places: list[str]
    candidates: list[NamedOffice]
    unless: list[OtherOffice]


class Recipient(TypedDict):
    """To whom the notice goes."""

    type: str
    name: str
    note: str
    authority: Authority | None


class Override(TypedDict):
    """What a person decided about the duty."""

    applies: str
    reason: str
    by: str
    event: str
    organisation: str | None
    recorded_at: Moment


class Assessment(TypedDict):
    """Whether one duty applies, and why."""

    duty: str
    applies: str
    because: str
    rule: str
    missing_facts: list[str]
    consider: list[str]
    dormant: bool
    phases: list[Phase]
    recipient: Recipient
    law: str
    jurisdiction: str
    soft: bool
    verified_on: Day
    confidence: str
    verify_fields: list[str]
    source_url: str
    source_kind: str
    sources: dict[str, RuleSource]
    from_memory: list[str]
    tried: str
    reviewed: Review | None
    override: Override | None
    organisations: list[str]


class Absence(TypedDict):
    """That a law asks for no notice, as somebody read it."""

    recipient: str
    text: str
    source_url: str
    on: Day


class Settled(TypedDict):
    """What a person decided about a place."""

    by: str
    reason: str
    event: str | None
    at: Moment | None


class Place(TypedDict):
    """What is known of the law of one place for one role."""

    place: str
    role: str
    state: str
    text: str
    text_zh: str | None
    source_url: str | None
    on: Day | None
    duties: list[str]
    absent: list[Absence]
    settled: Settled | None


class Question(TypedDict):
    """What to find out."""

    fact: str
    asks: str
    options: list[str]
    duties: list[str]
    deadline: Moment | None
    from_memory: bool
    unclear: list[str]
    answer: str | None


class FirstNotice(TypedDict):
    """A first notice that can be drafted from what is known now."""

    duty: str
    stage: str
    limit: Moment | None
    missing_facts: list[str]


class Assessed(TypedDict):
    """Every duty with its answer, and what to know about the answers."""

    assessments: list[Assessment]
    law_of: dict[str, str]
    contradictions: list[str]
    unwatched: list[str]
    places: list[Place]
    undecided: list[str]
    roles: list[Question]
    first_notices: list[FirstNotice]


class Questions(TypedDict):
    """What to find out next."""

    next: Question | None
    questions: list[Question]
    places: list[Place]
    first_notices: list[FirstNotice]
