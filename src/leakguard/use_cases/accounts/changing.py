"""What every change of an account has: the time, randomness, the cost of a password, and the entry that tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from leakguard.accounts.passwords import Cost
from leakguard.accounts.registry import SUBJECT, AccountState, Registry
from leakguard.accounts.rights import Role
from leakguard.errors import NotAllowed, NotFound
from leakguard.models.accounts import Person
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.ports.accounts import AccountStore


class AccountTools(Protocol):
    """What accounts need from the machine; `wiring` has it."""

    @property
    def password_cost(self) -> Cost:
        """How much a guess at a password costs."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def login_now(self) -> datetime:
        """The time by which logins last, which no drill simulates."""

    def token(self, length: int = 8) -> str:
        """So many random hex digits."""


def account_record(kind: str, now: datetime, **content: Any) -> Record:  # noqa: ANN401  (JSON holds anything)
    """An entry about an account: ids, roles and reasons, and never a name, a mail or a secret."""
    stated = {key: value for key, value in content.items() if value not in ("", None)}
    return Record(kind=kind, occurred_at=Interval(earliest=now, latest=now), content=stated)


def find_person(store: AccountStore, word: str) -> Person:
    """The account that an id, a name or a mail means; raises `NotFound`."""
    person = person_named(store.people(), word)
    if person is None:
        raise NotFound(f"there is no account `{word[:60]}`", next_step="List them: leakguard account list")
    return person


def person_named(people: tuple[Person, ...], word: str) -> Person | None:
    """As `find_person`, whatever the case and the spaces; nothing for a word that is nobody's."""
    wanted = " ".join(word.casefold().split())
    for person in people:
        known = (person.actor, *(" ".join(name.casefold().split()) for name in (person.name, person.mail)))
        if wanted and wanted in known and person.erased_at is None:
            return person
    return None


def state_of(registry: Registry, person: Person) -> AccountState:
    """What the ledger says of an account; raises `NotAllowed` for a row that it does not know."""
    state = registry.account(person.actor)
    if state is None:
        raise NotAllowed(
            f"the ledger does not tell of an account `{person.actor}`, so nothing can be done with it",
            next_step="Run `leakguard evidence verify`, and add the account again.",
        )
    return state


def refuse_last_admin(registry: Registry, actor: str) -> None:
    """Raise `NotAllowed` where an account is the only one that can manage the others."""
    if registry.holders(Role.ADMIN) == (actor,):
        raise NotAllowed(
            "this is the last account with the role admin, and nobody could manage accounts any more",
            next_step="Make another admin first: leakguard account role NAME --grant admin",
        )


def last_change(store: AccountStore) -> int:
    """The number of the last entry about accounts, zero without one: two changes at once could leave no admin."""
    last = store.last(SUBJECT)
    return last.sequence if last is not None else 0
