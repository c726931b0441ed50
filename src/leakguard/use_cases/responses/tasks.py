"""Tasks: the open steps of one person, or of everybody, over all open incidents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from leakguard.models.incidents import IncidentState
from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from leakguard.playbooks.assignments import STEP_ASSIGNED, assignments_of
from leakguard.playbooks.engine import latest_start
from leakguard.ports import IncidentStore
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.open_tasks import Task, tasks_in, tasks_of
from leakguard.use_cases.incidents.playbooks import response_of


def tasks(
    store: IncidentStore, person: Signatory | None, *, now: datetime, roles: Collection[str] = ()
) -> tuple[Task, ...]:
    """The open steps of `person`, what is due first at the head; with `None` those of everybody and of nobody.

    `roles`, in small letters, are those that the person holds now: steps of these that are nobody's are theirs.
    """
    found: list[Task] = []
    for name in _asked(store, person, roles):
        found += _open(name, tuple(store.read(name)), now)
    return tasks_of(found, person, roles)


def _open(name: str, records: Sequence[KeptRecord], now: datetime) -> tuple[Task, ...]:
    """Those of one incident; none while no playbook runs, or once the incident is closed."""
    if latest_start(records) is None or incident_of(name, records).state is not IncidentState.OPEN:
        return ()
    return tasks_in(response_of(name, records, now=now))


def _asked(store: IncidentStore, person: Signatory | None, roles: Collection[str]) -> Sequence[str]:
    """The incidents in which somebody may have steps; where assignments alone give them, few have to be replayed."""
    if person is None or roles:
        return store.subjects("IR-")
    assigned = (
        record
        for record in store.of_kinds((STEP_ASSIGNED,))
        if any(assignment.is_for(person) for assignment in assignments_of((record,)).values())
    )
    return tuple(dict.fromkeys(record.subject for record in assigned))
