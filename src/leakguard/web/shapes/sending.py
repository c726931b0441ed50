"""What became of letters that were sent."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class NotTaken(TypedDict):
    """A letter that the mail server did not take."""

    line: int | None
    state: str
    reason: str | None
    message_id: str | None
    code: int | None


class Sent(TypedDict):
    """How a sending ended."""

    covers: str
    duty: str
    stage: str | None
    digest: str
    letters: int
    not_begun: int
    counts: dict[str, int]
    entry: int | None
    filed: str | None
    not_filed: str | None
    promised: list[str]
    stopped: str | None
    unresolved: str | None
    left: list[NotTaken]


class Batch(TypedDict):
    """The letters of one approved version."""

    digest: str
    duty: NotRequired[str]
    stage: NotRequired[str | None]
    covers: NotRequired[str]
    counts: dict[str, int]
    bounced: int


class Deliveries(TypedDict):
    """How the letters of an incident stand."""

    incident: str
    batches: list[Batch]
