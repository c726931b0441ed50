"""One step with all that is around it, and the move to another playbook."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import Moment
from leakguard.web.shapes.events import KindEffect
from leakguard.web.shapes.playbooks import Step


class OnlyIf(TypedDict):
    """The answer without which a step records no event."""

    field: str
    answer: str


class Emits(TypedDict):
    """The event that a finished step records."""

    kind: str
    meaning: str
    only_if: OnlyIf | None


class ClockMoved(KindEffect):
    """A clock that the event would start or end now."""

    title: str | None
    law: str | None
    work_by: Moment | None


class Proving(TypedDict):
    """An entry of the incident that may be named as evidence."""

    id: str
    kind: Annotated[str, Meta(description="`file`, or the kind of the event.")]
    name: str | None
    at: Moment
    by: str
    sha256: str | None
    size: int | None


class StepStory(TypedDict):
    """What the ledger tells of a step."""

    entry: int
    kind: str
    at: Moment
    recorded_at: Moment
    by: str
    by_source: str | None
    text: str | None


class MayDo(TypedDict):
    """An account that may do steps."""

    id: str
    name: str
    roles: list[str]


class StepShown(TypedDict):
    """One step in full."""

    incident: str
    incident_title: str
    incident_open: bool
    zone: str
    playbook: str
    playbook_title: str
    accounts: bool
    titles: dict[str, str]
    emits: Emits | None
    step: Step
    moves: list[ClockMoved]
    proofs: list[Proving]
    story: list[StepStory]
    may_do: list[MayDo]
    may_confirm: list[MayDo]


class PlaybookVersion(TypedDict):
    """Which playbook, in which version."""

    playbook: str
    version: int


class Stand(TypedDict):
    """How a step stands before and behind a move; null where it is not there."""

    id: str
    title: str
    before: str | None
    after: str | None


Migration = TypedDict(
    "Migration",
    {
        "incident": str, "moved": bool, "from": PlaybookVersion, "to": PlaybookVersion, "changes": list[str],
        "steps": list[str], "stands": list[Stand], "playbook": dict[str, Any],
    },
)  # fmt: skip
"""What a move to another playbook changes, or has changed."""
