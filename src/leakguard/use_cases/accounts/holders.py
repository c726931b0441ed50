"""Whom a role stands for now: who is on call, else the accounts that have it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from leakguard.accounts.registry import READ, SUBJECT, Registry, registry_of
from leakguard.accounts.rights import Role
from leakguard.frozen import Frozen
from leakguard.models.people import Signatory
from leakguard.use_cases.accounts.rosters import KnownRoster, PeopleStore, ReadCalendar, read_roster

ASSIGNED, ON_CALL, BY_ROLE = "assigned", "on_call", "role"
"""Why something is somebody's: a step was assigned to them, they are on call, or their account has the role."""


class Responsible(Frozen):
    """Who has something to do, and why they have."""

    people: tuple[Signatory, ...]
    why: str
    """`assigned`, `on_call`, `role`; empty where it is nobody's."""

    def is_of(self, actor: str) -> bool:
        """Whether an account is among them."""
        return bool(actor) and any(person.actor == actor for person in self.people)


class Holders(Frozen):
    """Everybody who holds a role at one moment."""

    roster: KnownRoster
    registry: Registry
    names: Mapping[str, str]
    """By account."""
    at: datetime

    def of(self, role: str, assigned: Signatory | None = None) -> Responsible:
        """Who a role stands for, unless it was `assigned` to somebody."""
        if assigned is not None:
            name = self.names.get(assigned.actor) or assigned.name
            return Responsible(people=(Signatory(name=name, actor=assigned.actor),), why=ASSIGNED)
        on_call = self.roster.holders(role, self.at) if self.roster.roster.knows(role) else ()
        if on_call:
            return Responsible(
                people=tuple(
                    Signatory(name=roster_person.name, actor=roster_person.actor) for roster_person in on_call
                ),
                why=ON_CALL,
            )
        accounts = self.registry.holders(Role(role)) if role in set(Role) else ()
        people = tuple(
            Signatory(name=self.names[account], actor=account) for account in accounts if self.names.get(account)
        )
        return Responsible(people=people, why=BY_ROLE if people else "")


def holders_at(store: PeopleStore, read: ReadCalendar | None, *, zone: tzinfo, now: datetime) -> Holders:
    """Who holds which role now; a calendar that cannot be read leaves what the ledger says."""
    people = store.people()
    return Holders(
        roster=read_roster(store, read, zone=zone, now=now), registry=registry_of(store.of_kinds(READ, SUBJECT)),
        names={person.actor: person.name for person in people if person.name}, at=now,
    )  # fmt: skip
