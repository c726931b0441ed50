"""Who is on call: the roster out of the ledger and the calendar, with the accounts of whom it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol

from leakguard.accounts.registry import KINDS, SUBJECT, Registry, registry_of
from leakguard.accounts.rosters import Roster, Shift, shifts_of
from leakguard.errors import BadFile, CalendarUnread
from leakguard.frozen import Frozen, field
from leakguard.models.accounts import Person
from leakguard.ports.journals import Journal
from leakguard.use_cases.accounts.changing import person_named

BEFORE, AFTER = timedelta(days=14), timedelta(days=28)
"""How far back and ahead a calendar is read: whoever was on call lately is asked where nobody else answers."""
ReadCalendar = Callable[[], str]
"""The text of the calendar; raises `CalendarUnread` and `BadFile`."""


class PeopleStore(Journal, Protocol):
    """A journal beside which people are kept."""

    def people(self) -> tuple[Person, ...]:
        """See `ports.AccountStore.people`."""


class RosterPerson(Frozen):
    """Somebody whom a roster names."""

    word: str
    """As the roster has it."""
    person: Person | None = None
    """`None` where no account is called so."""
    is_enabled: bool = False

    @property
    def name(self) -> str:
        """As a person reads it."""
        return self.person.name if self.person is not None and self.person.name else self.word

    @property
    def actor(self) -> str:
        """The id of the account; empty without one."""
        return self.person.actor if self.person is not None else ""

    @property
    def why_unreached(self) -> str:
        """Why no mail can be sent to them; empty where one can."""
        if self.person is None:
            return f"there is no account `{self.word[:60]}`"
        if not self.is_enabled:
            return f"the account of {self.name} is disabled"
        return "" if self.person.mail else f"the account of {self.name} has no mail address"


class KnownRoster(Frozen):
    """The roster, and the accounts of everybody whom it names."""

    roster: Roster
    people: Mapping[str, RosterPerson] = field(default_factory=dict)
    """By the word of the roster."""
    unread: str = ""
    """Why the calendar could not be read."""
    unread_next_step: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nobody ever said who is on call."""
        return not (self.roster.set or self.roster.calendar or self.unread)

    def holders(self, role: str, at: datetime) -> tuple[RosterPerson, ...]:
        """Who holds a role, first the one to notify first."""
        return tuple(self.people[word] for word in self.roster.holders(role, at))

    def held_by(self, actor: str, at: datetime) -> frozenset[str]:
        """The roles, in small letters, that an account is the first to be notified of."""
        roles = {shift.role.casefold() for shift in (*self.roster.set, *self.roster.calendar)}
        return frozenset(role for role in roles if (held := self.holders(role, at)) and held[0].actor == actor)


def read_roster(store: PeopleStore, read: ReadCalendar | None, *, zone: tzinfo, now: datetime) -> KnownRoster:
    """The roster as it is known now; a calendar that cannot be read leaves what the ledger says."""
    records = tuple(store.of_kinds(KINDS, SUBJECT))
    calendar: tuple[Shift, ...] = ()
    unread = next_step = ""
    if read is not None:
        try:
            calendar = _shifts(read(), now.replace(minute=0, second=0, microsecond=0), zone)
        except (CalendarUnread, BadFile) as error:
            unread, next_step = " ".join(error.message.split()), error.next_step
    roster = Roster(set=shifts_of(records), calendar=calendar)
    words = {person for shift in (*roster.set, *roster.calendar) for person in shift.people}
    return KnownRoster(
        roster=roster, people=_named(store, registry_of(records), words), unread=unread, unread_next_step=next_step
    )


@lru_cache(maxsize=1)
def _shifts(text: str, hour: datetime, zone: tzinfo) -> tuple[Shift, ...]:
    """The shifts of a calendar around an hour; a watchman asks four times a minute, and a calendar seldom changes."""
    from leakguard.accounts.roster_calendar import Window, calendar_shifts  # noqa: PLC0415  (loads icalendar)

    return calendar_shifts(text, Window(start=hour - BEFORE, end=hour + AFTER, zone=zone))


def _named(store: PeopleStore, registry: Registry, words: set[str]) -> dict[str, RosterPerson]:
    people = store.people() if words else ()
    found: dict[str, RosterPerson] = {}
    for word in words:
        person = person_named(people, word)
        state = registry.account(person.actor) if person is not None else None
        found[word] = RosterPerson(word=word, person=person, is_enabled=state is not None and state.is_enabled)
    return found
