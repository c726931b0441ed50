"""Open steps as tasks: whose each is, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from leakguard.frozen import Frozen, replace
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.people import Signatory, may_be_one_person, signatory_of
from leakguard.playbooks.assignments import Assignment
from leakguard.playbooks.engine import StepProgress

if TYPE_CHECKING:
    from leakguard.use_cases.incidents.playbooks import Response

ASSIGNED, ROLE, SECOND = "assigned", "role", "second"
"""Why a step is somebody's: it was assigned to them; or nobody has it and they hold its role now; or somebody else did
it, and they hold the role that has to agree."""
_FAR = datetime.max.replace(tzinfo=UTC)


class Task(Frozen):
    """One open step."""

    incident: Incident
    step: StepProgress
    due_at: datetime | None
    is_late: bool
    assigned: Assignment | None
    why: str = ""
    """`assigned`, `role` or `second`; empty where it is asked for everybody's."""


def tasks_of(found: Iterable[Task], person: Signatory | None, roles: Collection[str]) -> tuple[Task, ...]:
    """Those of one person, each with why, or all; what is due first at the head."""
    if person is not None:
        marked = ((task, _why(task, person, roles)) for task in found)
        found = [replace(task, why=why) for task, why in marked if why]
    return tuple(sorted(found, key=lambda task: (task.due_at or _FAR, task.incident.id)))


def tasks_in(response: Response) -> tuple[Task, ...]:
    """Every open step of a response; none once its incident is closed."""
    if response.incident.state is not IncidentState.OPEN:
        return ()
    return tuple(
        Task(
            incident=response.incident, step=step, due_at=response.due_at.get(step.id),
            is_late=response.is_late(step), assigned=response.assigned.get(step.id),
        )
        for step in response.progress.open
    )  # fmt: skip


def as_of(task: Task, now: datetime) -> Task:
    """The same task at another moment, at which it may be late."""
    is_late = task.due_at is not None and now > task.due_at
    return task if is_late == task.is_late else replace(task, is_late=is_late)


def _why(task: Task, person: Signatory, roles: Collection[str]) -> str:
    step = task.step
    if step.claim is not None:  # it waits for somebody else, in the second role where the playbook names one
        second = (step.step.second_person or "").casefold()
        if may_be_one_person(signatory_of(step.claim.content), person) or (second and second not in roles):
            return ""
        if second:
            return SECOND
    if task.assigned is not None:
        return ASSIGNED if task.assigned.is_for(person) else ""
    return ROLE if (step.step.owner or "").casefold() in roles else ""
