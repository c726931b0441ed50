"""The open steps of all incidents, from what the board keeps, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.errors import LawsUnknown
from leakguard.use_cases.incidents.open_tasks import Task, as_of, tasks_of
from leakguard.use_cases.responses.tasks import tasks

if TYPE_CHECKING:
    from leakguard.models.people import Signatory
    from leakguard.web.call import Call


def open_tasks(call: Call, who: Signatory | None) -> tuple[Task, ...]:
    """The open steps of one person, or with `None` all; what is due first at the head."""
    wiring, roles = call.wiring, roles_of(call, who)
    now = wiring.now()
    try:
        cases = wiring.board.cases(wiring.store, wiring.bundled, wiring.reach, now)
    except LawsUnknown:
        return tasks(wiring.store, who, now=now, roles=roles)
    return tasks_of([as_of(task, now) for case in cases.values() for task in case.tasks], who, roles)


def roles_of(call: Call, who: Signatory | None) -> frozenset[str]:
    """The roles that somebody holds by the roster; without a roster, those of the caller's own account."""
    wiring = call.wiring
    if who is None:
        return frozenset()
    if call.caller is not None and who.actor == call.caller.actor and not wiring.has_roster():
        return frozenset(role.value for role in call.caller.roles)
    return wiring.roles_held(who.actor, wiring.now())
