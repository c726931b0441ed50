"""Rosters: who holds which role from when until when, as entries of the ledger and a calendar tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from leakguard.accounts.registry import ONCALL_SET
from leakguard.frozen import Frozen
from leakguard.models.moments import from_z, to_z

if TYPE_CHECKING:
    from leakguard.models.records import KeptRecord

MOST_PEOPLE = 20
"""Of one shift."""
ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
"""What a role is called."""
LOOK_AHEAD = timedelta(hours=24)
"""How long before it a gap in a roster is told."""


class RosterSource(StrEnum):
    """Where a shift stands."""

    LEDGER = "ledger"
    CALENDAR = "calendar"


class Shift(Frozen):
    """One role, held for some time."""

    role: str
    people: tuple[str, ...]
    """Whom to notify, in this order; empty where nobody shall hold it. Ids of accounts in the ledger; in a calendar
    names or mail addresses."""
    start: datetime
    end: datetime | None = None
    """The first instant that no longer belongs to it; `None` for one that lasts until another one is set."""
    source: RosterSource = RosterSource.LEDGER

    def holds(self, role: str, at: datetime) -> bool:
        """Whether it says who holds `role` at a moment."""
        return self.is_of(role) and self.start <= at and (self.end is None or at < self.end)

    def is_of(self, role: str) -> bool:
        """Whether it is about a role; a calendar may write it with a capital."""
        return self.role.casefold() == role.casefold()


class Roster(Frozen):
    """All shifts. What the ledger says of a moment goes before what the calendar says."""

    set: tuple[Shift, ...] = ()
    """Of the ledger, in the order in which they were set: the last one that holds a moment counts."""
    calendar: tuple[Shift, ...] = ()
    """By their begin."""

    def knows(self, role: str) -> bool:
        """Whether any shift is about a role."""
        return any(shift.is_of(role) for shift in (*self.set, *self.calendar))

    def holders(self, role: str, at: datetime) -> tuple[str, ...]:
        """Who holds a role at a moment, first the one to notify first."""
        for shift in reversed(self.set):
            if shift.holds(role, at):
                return shift.people
        return _each(person for shift in self.calendar if shift.holds(role, at) for person in shift.people)

    def calls(self, role: str, at: datetime) -> tuple[str, ...]:
        """Whom to notify in turn: who holds the role, who holds it next, then the others of its roster.

        The first is empty where nobody holds it: who holds it next is not woken instead.
        """
        now = self.holders(role, at)
        ahead = sorted(
            (shift for shift in (*self.set, *self.calendar) if shift.is_of(role)), key=lambda shift: shift.start
        )
        later = (person for shift in ahead if shift.start > at for person in self.holders(role, shift.start))
        others = (person for shift in ahead for person in shift.people)
        return (*(now or ("",)), *(name for name in _each((*later, *others)) if name not in now))

    def gap_after(self, role: str, at: datetime, within: timedelta = LOOK_AHEAD) -> datetime | None:
        """When within this time nobody holds a role any more that somebody holds now; `None` if it stays held."""
        ends = sorted(shift.end for shift in (*self.set, *self.calendar) if shift.is_of(role) and shift.end is not None)
        begins = (shift.start for shift in self.set if shift.is_of(role) and not shift.people)
        turns = (moment for moment in sorted((*ends, *begins)) if at < moment <= at + within)
        return next((turn for turn in turns if not self.holders(role, turn)), None)


def shifts_of(records: Iterable[KeptRecord]) -> tuple[Shift, ...]:
    """The shifts that entries of the kind `oncall_set` tell of; what cannot be read changes nothing."""
    return tuple(
        shift for record in records if record.kind == ONCALL_SET and (shift := _shift(record.content)) is not None
    )


def shift_content(shift: Shift) -> dict[str, Any]:
    """What the ledger keeps of a shift: the role, ids of accounts, and times."""
    end = {"until": to_z(shift.end)} if shift.end is not None else {}
    return {"role": shift.role, "people": list(shift.people), "from": to_z(shift.start), **end}


def _shift(content: Mapping[str, Any]) -> Shift | None:
    try:
        end = content.get("until")
        return Shift(
            role=str(content["role"]), people=tuple(map(str, content["people"])), start=from_z(str(content["from"])),
            end=from_z(str(end)) if end is not None else None,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _each(people: Iterable[str] | Iterator[str]) -> tuple[str, ...]:
    """Everybody once."""
    return tuple(dict.fromkeys(people))
