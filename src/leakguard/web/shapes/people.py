"""Comments, tasks, and who is on call."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import Moment
from leakguard.web.shapes.playbooks import Assignee


class CommentShown(TypedDict):
    """What somebody wrote."""

    entry: str
    incident: str
    step: str | None
    at: Moment
    by: str
    by_source: str | None
    privileged: bool
    text: str


class Comments(TypedDict):
    """The comments on an incident, and how many privileged ones are not shown."""

    incident: str
    comments: list[CommentShown]
    withheld: int


class Task(TypedDict):
    """An open step, and whose it is."""

    incident: str
    incident_title: str
    step: str
    title: str
    owner: str | None
    state: str
    late: bool
    due_at: Moment | None
    assigned_to: Assignee | None
    why: Annotated[str | None, Meta(description="`assigned`, `role`, or `second`: somebody did it, and you confirm.")]
    phase: str
    action: str | None
    evidence: list[str]
    second_person: str | None
    awaits_second: bool


class Tasks(TypedDict):
    """Open steps, what is due first at the head."""

    tasks: list[Task]
    total: int
    late: int


class Holder(TypedDict):
    """Somebody on the roster."""

    id: str | None
    name: str
    reached: bool


class RoleHeld(TypedDict):
    """A role, who holds it, and who is notified in which order."""

    role: str
    holders: list[Holder]
    calls: list[Holder | None]


Shift = TypedDict(
    "Shift",
    {"role": str, "people": list[Holder], "from": Moment, "until": Moment | None, "source": str},
)
"""Who holds a role from when on."""


class OnCall(TypedDict):
    """Who is on call."""

    at: Moment
    roles: list[RoleHeld]
    shifts: list[Shift]
    problems: list[dict[str, Any]]
