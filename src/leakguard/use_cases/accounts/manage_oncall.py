"""Says who is on call: a shift as an entry of the ledger, under the ids of accounts."""

from __future__ import annotations

from datetime import datetime

from leakguard.accounts.registry import ONCALL_SET, SUBJECT
from leakguard.accounts.rosters import MOST_PEOPLE, ROLE, Shift, shift_content
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.people import refuse_unreadable
from leakguard.ports.accounts import AccountStore
from leakguard.use_cases.accounts.callers import read_registry
from leakguard.use_cases.accounts.changing import AccountTools, account_record, find_person, state_of


class NewShift(Frozen):
    """Who shall hold a role, from when until when."""

    role: str
    people: tuple[str, ...] = ()
    """Names, mail addresses or ids of accounts, in the order in which they are notified; empty for nobody."""
    start: datetime | None = None
    """`None` for now."""
    end: datetime | None = None
    reason: str = ""


def set_shift(store: AccountStore, tools: AccountTools, new: NewShift) -> Shift:
    """Record a shift; from now on it goes before every other one, and the calendar, where they overlap.

    Raises `NotAllowed` in a store without accounts, and for a disabled account, `NotFound` for nobody's name,
    `UsageProblem` for a role or a time that is none.
    """
    refuse_unreadable(new.reason)
    if not ROLE.fullmatch(new.role):
        raise UsageProblem(
            f"`{new.role[:60]}` is no role", next_step="Write one of leakguard.toml's [escalation], such as commander."
        )
    if len(new.people) > MOST_PEOPLE:
        raise UsageProblem(f"a shift has at most {MOST_PEOPLE} people", next_step="Name fewer.")
    now = tools.now()
    start = new.start or now
    if new.end is not None and new.end <= max(start, now):
        raise UsageProblem(
            "the shift is over before it begins, or was over before now", next_step="Give a later --until."
        )
    people = tuple(dict.fromkeys(_actor(store, word) for word in new.people))
    shift = Shift(role=new.role, people=people, start=start, end=new.end)
    store.append(SUBJECT, [account_record(ONCALL_SET, now, **shift_content(shift), reason=new.reason)])
    return shift


def _actor(store: AccountStore, word: str) -> str:
    registry = read_registry(store)
    if not registry.has_accounts:
        raise NotAllowed(
            "this store has no accounts, and a roster names accounts",
            next_step="Add one: leakguard account add NAME --mail ADDRESS --role admin",
        )
    person = find_person(store, word)
    if not state_of(registry, person).is_enabled:
        raise NotAllowed(
            f"the account of {person.name} is disabled", next_step=f"Enable it: leakguard account enable {person.name}"
        )
    return person.actor
