"""One's own account: sessions and passkeys, and in which language and zone one reads."""

from __future__ import annotations

from zoneinfo import available_timezones

from leakguard.accounts.sessions import why_over
from leakguard.accounts.tokens import is_secret, secret_hash
from leakguard.errors import NotFound, NotLoggedIn, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.accounts import Passkey, Person, SessionRow
from leakguard.ports.accounts import AccountStore
from leakguard.translations.catalogue import LANGUAGES
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.changing import AccountTools
from leakguard.use_cases.accounts.log_in import own_person

_ID = 16
"""Hex digits of a session's hash that name it; they open nothing."""


class OwnSession(Frozen):
    """One login."""

    id: str
    row: SessionRow
    is_this: bool
    """Whether the request that asks belongs to it."""


class OwnAccount(Frozen):
    """What somebody sees of their own account."""

    person: Person
    sessions: tuple[OwnSession, ...]
    passkeys: tuple[Passkey, ...]


def own_account(store: AccountStore, tools: AccountTools, caller: Caller, *, secret: str = "") -> OwnAccount:
    """The account of the caller; `secret` is that of the present session."""
    person = store.person(caller.actor)
    if person is None:
        raise NotLoggedIn("nobody is logged in", next_step="Log in: leakguard login NAME")
    return OwnAccount(
        person=person, sessions=_sessions(store, tools, caller, secret), passkeys=store.passkeys(caller.actor)
    )


def end_session(store: AccountStore, tools: AccountTools, caller: Caller, session: str) -> None:
    """End one of the caller's sessions; raises `NotFound`."""
    own_person(store, caller)
    found = next((own for own in _sessions(store, tools, caller, "") if own.id == session), None)
    if found is None:
        raise NotFound("you have no such session, or it is over already", next_step="Load the page again.")
    store.revoke_session(found.row.hash, at=tools.now())


def end_other_sessions(store: AccountStore, tools: AccountTools, caller: Caller, *, secret: str) -> int:
    """End every session of the caller but the one of `secret`; returns how many."""
    own_person(store, caller)
    others = [session for session in _sessions(store, tools, caller, secret) if not session.is_this]
    for other in others:
        store.revoke_session(other.row.hash, at=tools.now())
    return len(others)


def remove_passkey(store: AccountStore, caller: Caller, passkey: str) -> None:
    """Let go of one of the caller's passkeys; raises `NotFound`."""
    store.remove_passkey(own_person(store, caller).actor, passkey)


def keep_preferences(store: AccountStore, caller: Caller, *, language: str, zone: str) -> None:
    """Keep in which language and zone the caller reads; empty for what the browser says. Raises `UsageProblem`."""
    if language and language not in LANGUAGES:
        raise UsageProblem("the console has no such language", next_step=f"Choose one of: {', '.join(LANGUAGES)}")
    if zone and zone not in available_timezones():
        raise UsageProblem(f"there is no time zone `{zone[:60]}`", next_step="Write it as Europe/Berlin.")
    store.keep_preferences(caller.actor, language=language, zone=zone)


def _sessions(store: AccountStore, tools: AccountTools, caller: Caller, secret: str) -> tuple[OwnSession, ...]:
    now, this = tools.now(), secret_hash(secret) if is_secret(secret) else ""
    return tuple(
        OwnSession(id=session.hash[:_ID], row=session, is_this=session.hash == this)
        for session in store.sessions_of(caller.actor, now=now)
        if not why_over(session, now)
    )
