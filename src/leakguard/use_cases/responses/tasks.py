"""Tasks: the open steps of one person, or of everybody, over all open incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from leakguard.frozen import Frozen, replace
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.people import Signatory, may_be_one_person, signatory_of
from leakguard.models.records import KeptRecord
from leakguard.playbooks.assignments import STEP_ASSIGNED, Assignment, assignments_of
from leakguard.playbooks.engine import StepProgress, latest_start
from leakguard.ports import IncidentStore
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.playbooks import response_of

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


def tasks(
    store: IncidentStore, person: Signatory | None, *, now: datetime, roles: Collection[str] = ()
) -> tuple[Task, ...]:
    """The open steps of `person`, what is due first at the head; with `None` those of everybody and of nobody.

    `roles`, in small letters, are those that the person holds now: steps of these that are nobody's are theirs.
    """
    found: list[Task] = []
    for name in _asked(store, person, roles):
        found += open_tasks(name, tuple(store.read(name)), now)
    return tasks_of(found, person, roles)


def tasks_of(found: Iterable[Task], person: Signatory | None, roles: Collection[str]) -> tuple[Task, ...]:
    """Those of one person, each with why, or all; what is due first at the head."""
    if person is not None:
        marked = ((one, _why(one, person, roles)) for one in found)
        found = [replace(one, why=why) for one, why in marked if why]
    return tuple(sorted(found, key=lambda one: (one.due_at or _FAR, one.incident.id)))


def open_tasks(name: str, records: Sequence[KeptRecord], now: datetime) -> tuple[Task, ...]:
    """Every open step of one incident; none while no playbook runs, or once the incident is closed."""
    if latest_start(records) is None or incident_of(name, records).state is not IncidentState.OPEN:
        return ()
    response = response_of(name, records, now=now)
    return tuple(
        Task(
            incident=response.incident, step=step, due_at=response.due_at.get(step.id),
            is_late=response.is_late(step), assigned=response.assigned.get(step.id),
        )
        for step in response.progress.open
    )  # fmt: skip


def _asked(store: IncidentStore, person: Signatory | None, roles: Collection[str]) -> Sequence[str]:
    """The incidents in which somebody may have steps; where assignments alone give them, few have to be replayed."""
    if person is None or roles:
        return store.subjects("IR-")
    assigned = (
        record
        for record in store.of_kinds((STEP_ASSIGNED,))
        if any(one.is_for(person) for one in assignments_of((record,)).values())
    )
    return tuple(dict.fromkeys(record.subject for record in assigned))


def _why(one: Task, person: Signatory, roles: Collection[str]) -> str:
    step = one.step
    if step.claim is not None and (step.step.second_person or "").casefold() in roles:
        return "" if may_be_one_person(signatory_of(step.claim.content), person) else SECOND
    if one.assigned is not None:
        return ASSIGNED if one.assigned.is_for(person) else ""
    return ROLE if (step.step.owner or "").casefold() in roles else ""
