"""What clocks of duties ask for, beside the clocks in a document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from leakguard.notices.duty_tasks import task_of

if TYPE_CHECKING:
    from leakguard.notices.duties import Duty


def with_tasks(clocks: Iterable[dict[str, Any]], duties: Iterable[Duty], key: str = "id") -> list[dict[str, Any]]:
    """Each with its `task`: whom to notify and with which notice; `None` for a promise of our own.

    `key` is the field that holds the id of the clock, such as `eu-gdpr-33-authority.initial`.
    """
    by_id = {duty.id: duty for duty in duties}
    return [clock | {"task": _task(str(clock[key]), by_id)} for clock in clocks]


def _task(clock: str, duties: dict[str, Duty]) -> dict[str, Any] | None:
    name, _, stage = clock.rpartition(".")
    duty = duties.get(name)
    if duty is None:
        return None
    task = task_of(duty, stage)
    return {"whom": task.whom, "which": task.which or None, "recipient": duty.recipient.name, "duty": name}
