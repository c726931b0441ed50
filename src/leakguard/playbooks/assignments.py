"""Who is to do a step: assignments, as the ledger's records of one incident tell them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.people import Signatory, may_be_one_person, recorded_by
from leakguard.models.records import KeptRecord

STEP_ASSIGNED = "step_assigned"
KEY = "assignee"


class Assignment(Frozen):
    """One step that somebody is to do."""

    step: str
    to: Signatory
    by: str
    at: datetime

    def is_for(self, person: Signatory) -> bool:
        """Whether it is this person's; two accounts are compared by id, everything else by name."""
        if self.to.actor and person.actor:
            return self.to.actor == person.actor
        return may_be_one_person(self.to, person)


def assigned_content(step: str, to: Signatory | None) -> dict[str, Any]:
    """What the ledger keeps: the step and whose it is from now on, or that it is nobody's."""
    return {"step": step, KEY: {"id": to.actor, "name": to.name} if to is not None else None}


def assignments_of(records: Iterable[KeptRecord], *, since: int = 0) -> Mapping[str, Assignment]:
    """By step, the last assignment behind the entry `since`; a step that was given to nobody has none."""
    found: dict[str, Assignment] = {}
    for record in records:
        if record.kind != STEP_ASSIGNED or record.sequence <= since:
            continue
        step, to = str(record.content.get("step")), recorded_by(record.content, KEY)
        found.pop(step, None)
        if to.name:
            by = str(record.content.get("by") or "")
            found[step] = Assignment(step=step, to=to, by=by, at=record.occurred_at.latest)
    return found
