"""What a search found."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from leakguard.web.shapes.clocks import BoardClock


class FoundIncident(TypedDict):
    """An incident."""

    id: str
    title: str
    state: str


class FoundEvent(TypedDict):
    """An event of an incident."""

    id: str
    kind: str
    incident: str
    incident_title: str


class FoundEvidence(TypedDict):
    """A piece of evidence of an incident, or of a report from outside."""

    id: str
    name: str
    incident: str


class FoundExposure(TypedDict):
    """A place that is open."""

    finding: str
    place: str
    host: str | None
    product: str
    severity: str


class FoundDuty(TypedDict):
    """A duty of the book."""

    id: str
    law: str
    article: str
    jurisdiction: str
    recipient: str


class FoundPerson(TypedDict):
    """Somebody who has an account."""

    actor: str
    name: str
    roles: list[str]


class FoundOne(TypedDict):
    """One of them, under the name of its kind."""

    incident: NotRequired[FoundIncident]
    clock: NotRequired[BoardClock]
    event: NotRequired[FoundEvent]
    evidence: NotRequired[FoundEvidence]
    exposure: NotRequired[FoundExposure]
    duty: NotRequired[FoundDuty]
    person: NotRequired[FoundPerson]


class SearchGroup(TypedDict):
    """What was found of one kind."""

    kind: Annotated[
        str,
        Meta(description="`incidents`, `letters`, `events`, `evidence`, `exposures`, `duties` or `people`."),
    ]
    count: int
    found: list[FoundOne]


class SearchResult(TypedDict):
    """What the words name."""

    words: str
    groups: list[SearchGroup]
