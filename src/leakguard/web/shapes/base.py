"""What many shapes are made of."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"}, description="RFC 3339, in UTC.")]
LocalMoment = Annotated[str, Meta(description="The same moment in the zone that is meant.")]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Seconds = int | float
Next = Annotated[int | None, Meta(description="`after` of the next page; null on the last one.")]


class RecordedBy(TypedDict):
    """Who recorded something, and how that is known."""

    id: str
    name: str
    how: str


class ClockDoubt(TypedDict):
    """That the ledger is ahead of this machine's clock."""

    now: Moment
    entry: int
    recorded_at: Moment
    ahead_seconds: int
    next_step: str


class WrongClocks(TypedDict):
    """That clocks contradict each other inside the ledger."""

    text: str
    touched: dict[str, list[int]]
    next_step: str


class Doubted(TypedDict):
    """What leaves a document in doubt; most have none of it."""

    clock_doubt: NotRequired[ClockDoubt]
    wrong_clocks: NotRequired[list[WrongClocks]]


class ClockTask(TypedDict):
    """What the clock of a duty asks for: whom to notify, and with which notice."""

    whom: str
    which: str | None
    recipient: str
    duty: str


class Problem(TypedDict):
    """Why a request was refused (RFC 9457), and what to do about it."""

    type: str
    title: str
    status: int
    detail: NotRequired[str]
    instance: NotRequired[str]
    next_step: NotRequired[Annotated[str, Meta(description="The same next step as on the command line.")]]
    problems: NotRequired[list[FieldProblem]]
    recorded: NotRequired[
        Annotated[list[Recorded], Meta(description="What the first request with the same idempotency key recorded.")]
    ]


class Recorded(TypedDict):
    """One entry of the ledger."""

    sequence: int
    kind: str
    subject: str


class FieldProblem(TypedDict):
    """One thing that is wrong in what was sent."""

    where: str
    text: str
    line: NotRequired[int | None]
    nearest: NotRequired[str | None]
