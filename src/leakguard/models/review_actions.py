"""Actions that a review decided on, each with an owner and a day, as records of the incident tell them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from leakguard.frozen import Frozen, replace
from leakguard.models.people import Signatory, may_be_one_person, recorded_by
from leakguard.models.records import KeptRecord

ADDED, CHANGED, DONE, DROPPED = "action_added", "action_changed", "action_done", "action_dropped"
KINDS = (ADDED, CHANGED, DONE, DROPPED)
OWNER = "owner"
_PREFIX = "AC-"


class ActionState(StrEnum):
    """How an action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Action(Frozen):
    """Something to be done so that it does not happen again."""

    number: int
    """Of the entry that added it."""
    incident: str
    title: str
    """Empty where its content was erased."""
    owner: Signatory
    due: date | None = None
    """The last day; `None` where it cannot be read any more."""
    by: str = ""
    added_at: datetime
    state: ActionState = ActionState.OPEN
    ended_at: datetime | None = None
    ended_by: str = ""
    note: str = ""
    """How it was done, or why it was dropped."""

    @property
    def id(self) -> str:
        """Such as `AC-12`."""
        return f"{_PREFIX}{self.number}"

    def is_for(self, person: Signatory) -> bool:
        """Whether it is this person's; two accounts are compared by id, everything else by name."""
        if self.owner.actor and person.actor:
            return self.owner.actor == person.actor
        return may_be_one_person(self.owner, person)

    def is_late(self, today: date) -> bool:
        """Whether its day is over and it is still open."""
        return self.state is ActionState.OPEN and self.due is not None and self.due < today


def actions_in(records: Iterable[KeptRecord]) -> tuple[Action, ...]:
    """The actions that these records tell of, in the order in which they were added."""
    found: dict[int, Action] = {}
    for record in records:
        content = record.content
        if record.kind == ADDED:
            found[record.sequence] = Action(
                number=record.sequence, incident=record.subject, title=str(content.get("title") or ""),
                owner=recorded_by(content, OWNER), due=_day(content.get("due")), by=str(content.get("by") or ""),
                added_at=record.occurred_at.latest,
            )  # fmt: skip
        elif record.kind in KINDS:
            number = content.get("action")
            before = found.get(number) if isinstance(number, int) else None
            if before is not None and before.incident == record.subject:
                found[before.number] = _changed(before, record)
    return tuple(found.values())


def _changed(action: Action, record: KeptRecord) -> Action:
    content = record.content
    if record.kind == CHANGED:
        owner, due = recorded_by(content, OWNER), _day(content.get("due"))
        return replace(action, owner=owner if owner.name else action.owner, due=due or action.due)
    state = ActionState.DONE if record.kind == DONE else ActionState.DROPPED
    return replace(
        action, state=state, ended_at=record.occurred_at.latest, ended_by=str(content.get("by") or ""),
        note=str(content.get("note") or ""),
    )  # fmt: skip


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
