"""Tasks: the open steps of one person, or of everybody, over all open incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from leakguard.frozen import Frozen
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from leakguard.playbooks.assignments import STEP_ASSIGNED, Assignment, assignments_of
from leakguard.playbooks.engine import StepProgress, latest_start
from leakguard.ports import IncidentStore
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.playbooks import response_of

ASSIGNED, ROLE = "assigned", "role"
"""Why a step is somebody's: it was assigned to them, or nobody has it and they hold its role now."""


class Task(Frozen):
    """One open step."""

    incident: Incident
    step: StepProgress
    due_at: datetime | None
    is_late: bool
    assigned: Assignment | None
    why: str = ""
    """`assigned` or `role`; empty where it is asked for everybody's."""


def tasks(
    store: IncidentStore, person: Signatory | None, *, now: datetime, roles: Collection[str] = ()
) -> tuple[Task, ...]:
    """The open steps of `person`, what is due first at the head; with `None` those of everybody and of nobody.

    `roles`, in small letters, are those that the person holds now: steps of these that are nobody's are theirs.
    """
    found: list[Task] = []
    for name in _asked(store, person, roles):
        records = tuple(store.read(name))
        if latest_start(records) is not None and incident_of(name, records).state is IncidentState.OPEN:
            found += _of(name, records, person, roles, now)
    return tuple(sorted(found, key=lambda one: (one.due_at or datetime.max.replace(tzinfo=UTC), one.incident.id)))


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


def _of(
    name: str, records: Sequence[KeptRecord], person: Signatory | None, roles: Collection[str], now: datetime
) -> Iterator[Task]:
    response = response_of(name, records, now=now)
    for step in response.progress.open:
        assigned = response.assigned.get(step.id)
        why = _why(step, assigned, person, roles)
        if person is None or why:
            yield Task(
                incident=response.incident, step=step, due_at=response.due_at.get(step.id),
                is_late=response.is_late(step), assigned=assigned, why=why,
            )  # fmt: skip


def _why(step: StepProgress, assigned: Assignment | None, person: Signatory | None, roles: Collection[str]) -> str:
    if person is None:
        return ""
    if assigned is not None:
        return ASSIGNED if assigned.is_for(person) else ""
    return ROLE if (step.step.owner or "").casefold() in roles else ""
