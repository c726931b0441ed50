"""The open steps of all incidents: replayed again only where something was recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from leakguard.frozen import replace
from leakguard.playbooks.engine import STARTED
from leakguard.use_cases.responses.tasks import Task, open_tasks, tasks_of

if TYPE_CHECKING:
    from leakguard.ledger.heads import Head
    from leakguard.models.people import Signatory
    from leakguard.use_cases.alerts.board import BoardStore

_INCIDENT = "IR-"
_MOVES = "paused"
"""A clock that is paused moves its limit as time passes, and the steps with it."""


class OpenSteps:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tasks: dict[str, tuple[Task, ...]] = {}
        self._moving: set[str] = set()
        self._seen: Head | None = None

    def tasks(
        self, store: BoardStore, person: Signatory | None, *, now: datetime, roles: Collection[str] = ()
    ) -> tuple[Task, ...]:
        """As `tasks.tasks`, from what was replayed before."""
        with self._lock:
            for incident in self._stale(store):
                self._replay(store, incident, now)
            found = [_as_of(one, now) for tasks in self._tasks.values() for one in tasks]
        return tasks_of(found, person, roles)

    def _stale(self, store: BoardStore) -> Iterable[str]:
        """Incidents in which something was recorded since, and those with a clock that is paused."""
        head, seen = store.head(), self._seen
        if head is None or (seen is not None and head.hash == seen.hash):
            return tuple(self._moving)
        self._seen = head
        if seen is None:
            return dict.fromkeys(one.subject for one in store.of_kinds([STARTED]))
        recorded = {one.subject for one in store.read_after(seen.sequence) if one.subject.startswith(_INCIDENT)}
        return self._moving | recorded

    def _replay(self, store: BoardStore, incident: str, now: datetime) -> None:
        records = tuple(store.read(incident))
        tasks = open_tasks(incident, records, now)
        self._tasks.pop(incident, None)
        self._moving.discard(incident)
        if tasks:
            self._tasks[incident] = tasks
        if tasks and any(record.kind == _MOVES for record in records):
            self._moving.add(incident)


def _as_of(one: Task, now: datetime) -> Task:
    is_late = one.due_at is not None and now > one.due_at
    return one if is_late == one.is_late else replace(one, is_late=is_late)
