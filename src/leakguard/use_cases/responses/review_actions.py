"""Actions of a review: added with an owner and a day, changed, done or dropped; open ones over all incidents.

They are records of the incident, also of a closed one, and move no clock.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from leakguard.clocks.times import zone_of
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.events import Interval
from leakguard.models.incidents import Incident
from leakguard.models.look_alikes import is_readable
from leakguard.models.people import Signatory
from leakguard.models.records import Record
from leakguard.models.review_actions import (
    ADDED,
    CHANGED,
    DONE,
    DROPPED,
    KINDS,
    OWNER,
    Action,
    ActionState,
    actions_in,
)
from leakguard.ports import Journal, Now
from leakguard.use_cases.accounts.rosters import PeopleStore
from leakguard.use_cases.incidents.incidents import TRIES, load_incident
from leakguard.use_cases.responses.assign_step import person_of

MOST_TITLE, MOST_NOTE, MOST_OPEN = 300, 2000, 200
"""Characters of a title and of a note; open actions of one incident."""
MOST_SHOWN = 1000
"""Open actions of one list."""
_ID = re.compile(r"(?:AC-)?([1-9][0-9]{0,17})")


class NewAction(Frozen):
    """What shall be done, by whom and until when."""

    title: str
    owner: str
    """An account as soon as the store has any, else a name."""
    due: str
    """The last day, `2026-12-31`."""


class Change(Frozen):
    """What is different from now on; what is empty stays."""

    owner: str = ""
    due: str = ""
    reason: str = ""


class OwedAction(Frozen):
    """An open action with the incident that it is of."""

    action: Action
    incident: Incident
    is_late: bool


def add_action(store: PeopleStore, incident: str, new: NewAction, *, by: str, now: Now) -> Action:
    """Record an action. Raises `NotFound` for an unknown incident or person, `UsageProblem` for what is no text or day.

    Raises `NotAllowed` where the incident has too many open ones.
    """
    title = _text(new.title, most=MOST_TITLE, what="an action")
    owner, due = person_of(store, new.owner, option="--owner"), parse_day(new.due)
    load_incident(store, incident)
    if sum(list_action.state is ActionState.OPEN for list_action in list_actions(store, incident)) >= MOST_OPEN:
        raise NotAllowed(
            f"{incident} has {MOST_OPEN} open actions already", next_step="Finish or drop some of them first."
        )
    content = {"title": title, OWNER: _who(owner), "due": due.isoformat(), "by": by}
    return actions_in(store.append(incident, (_record(ADDED, content, now()),)))[0]


def change_action(store: PeopleStore, incident: str, action: str, change: Change, *, by: str, now: Now) -> Action:
    """Give an open action another owner or another day; raises as `add_action`."""
    if not change.owner and not change.due:
        raise UsageProblem("nothing is changed", next_step="Name another owner or another day.")
    content: dict[str, Any] = {"by": by}
    if change.owner:
        content[OWNER] = _who(person_of(store, change.owner, option="--owner"))
    if change.due:
        content["due"] = parse_day(change.due).isoformat()
    if change.reason:
        content["reason"] = _text(change.reason, most=MOST_NOTE, what="a reason")
    return _ended(store, incident, action, CHANGED, content, now)


def finish_action(store: Journal, incident: str, action: str, *, note: str, by: str, now: Now) -> Action:
    """Record that an open action is done; `note` says how, and may be empty. Raises as `add_action`."""
    content = {"by": by, **({"note": _text(note, most=MOST_NOTE, what="a note")} if note.strip() else {})}
    return _ended(store, incident, action, DONE, content, now)


def drop_action(store: Journal, incident: str, action: str, *, reason: str, by: str, now: Now) -> Action:
    """Record that an open action will not be done, and why. Raises as `add_action`."""
    content = {"by": by, "note": _text(reason, most=MOST_NOTE, what="a reason")}
    return _ended(store, incident, action, DROPPED, content, now)


def list_actions(store: Journal, incident: str) -> tuple[Action, ...]:
    """Every action of an incident; raises `NotFound`."""
    load_incident(store, incident)
    return actions_in(store.of_kinds(KINDS, incident))


def open_actions(
    store: Journal, person: Signatory | None, *, now: datetime, limit: int = MOST_SHOWN
) -> tuple[tuple[OwedAction, ...], int]:
    """The first open actions of one person over all incidents, or of everybody, the nearest day first; and how many."""
    every = [
        action
        for action in actions_in(store.of_kinds(KINDS))
        if action.state is ActionState.OPEN and (person is None or action.is_for(person))
    ]
    found = sorted(every, key=lambda action: (action.due or date.max, action.number))[:limit]
    incidents = {name: load_incident(store, name) for name in dict.fromkeys(action.incident for action in found)}
    owed = (
        OwedAction(
            action=action,
            incident=incidents[action.incident],
            is_late=action.is_late(today_in(incidents[action.incident], now)),
        )
        for action in found
    )
    return tuple(owed), len(every)


def today_in(incident: Incident, now: datetime) -> date:
    """The day that it is in the zone of an incident."""
    return now.astimezone(zone_of(incident.zone)).date()


def parse_day(text: str) -> date:
    """A day as somebody types it; raises `UsageProblem`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageProblem(f"`{text[:40]}` is no day", next_step="Write it as 2026-12-31.") from error


def _ended(store: Journal, incident: str, name: str, kind: str, content: dict[str, Any], now: Now) -> Action:
    """Record what happened to an open action, once: who comes second is refused."""
    for _ in range(TRIES):
        last = store.last(incident)
        action = _open_one(list_actions(store, incident), name)
        record = _record(kind, {"action": action.number, **content}, now())
        try:
            store.append(incident, (record,), after=last.sequence if last is not None else None)
        except NotAllowed:
            continue
        return next(list_action for list_action in list_actions(store, incident) if list_action.number == action.number)
    raise NotAllowed(f"{incident} is being written by many at this very moment", next_step="Try again.")


def _open_one(actions: Sequence[Action], name: str) -> Action:
    read = _ID.fullmatch(name.strip())
    found = next((action for action in actions if read is not None and action.number == int(read[1])), None)
    if found is None:
        raise NotFound(f"there is no action `{name[:40]}`", next_step="List them: leakguard incident action list")
    if found.state is not ActionState.OPEN:
        raise NotAllowed(f"{found.id} is {found.state} already", next_step="There is nothing to do.")
    return found


def _text(text: str, *, most: int, what: str) -> str:
    words = text.strip()
    if not is_readable(words) or len(words) > most:
        raise UsageProblem(f"{what} has to say something, in at most {most:,} characters", next_step="Write it again.")
    return words


def _who(person: Signatory) -> dict[str, str]:
    return {"id": person.actor, "name": person.name}


def _record(kind: str, content: dict[str, Any], moment: datetime) -> Record:
    return Record(kind=kind, occurred_at=Interval(earliest=moment, latest=moment), content=content)
