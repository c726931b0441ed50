"""Accounts for tests: cheap passwords, a clock that is moved, and people who log in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

from leakguard.accounts.passwords import Cost
from leakguard.accounts.rights import Role
from leakguard.accounts.sessions import Kind
from leakguard.models.accounts import Person
from leakguard.models.people import BySource, Recorder
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.log_in import LoggedIn, log_in
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from support.ledgers import FakeClock

CHEAP = Cost(passes=1, memory=8, lanes=1)
"""The least that argon2 does; a real hash costs half a second on a busy machine."""
PASSWORD = "violet harbour eleven"
OS_USER = Recorder(name="tester", source=BySource.OS, actor="os:1000")


class AccountTools:
    """What accounts need from the machine: a clock that stands until it is moved, and hex that never repeats."""

    password_cost = CHEAP

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self._numbers = count(1)

    def now(self) -> datetime:
        return self.clock.at

    def login_now(self) -> datetime:
        return self.clock.at

    def wait(self, time: timedelta) -> None:
        self.clock.at += time

    def token(self, length: int = 8) -> str:
        return sha256(str(next(self._numbers)).encode()).hexdigest()[:length]


def open_store(place: str, tools: AccountTools) -> SqlStore:
    return SqlStore.open(place, now=tools.now, token=tools.token, recorder=OS_USER)


def add(store: SqlStore, tools: AccountTools, name: str, *roles: Role, mail: str = "") -> Person:
    return add_account(store, tools, NewAccount(name=name, mail=mail, roles=frozenset(roles), password=PASSWORD))


def enter(store: SqlStore, tools: AccountTools, name: str, *, kind: Kind = Kind.CLI) -> LoggedIn:
    return log_in(store, tools, name, PASSWORD, kind=kind)


def caller_of(roles: Iterable[Role], *, name: str = "Anna Berg", actor: str = "acc_aaaaaaaaaaaaaaaa") -> Caller:
    return Caller(actor=actor, name=name, roles=frozenset(roles))
