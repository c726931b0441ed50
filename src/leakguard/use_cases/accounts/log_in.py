"""Logging in and out: a password and a second factor for a session, and the same work for who does not exist."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from leakguard.accounts.attempts import MOST, WINDOW, account_key, address_key, wait_for
from leakguard.accounts.passwords import dummy_hash, hash_password, is_outdated, refuse_weak, verify_password
from leakguard.accounts.sessions import LIMITS, Kind
from leakguard.accounts.tokens import is_secret, new_secret, secret_hash
from leakguard.accounts.totp import is_totp, new_totp, step_of
from leakguard.errors import CodeNeeded, NotAllowed, NotLoggedIn, TooManyAttempts, UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.models.accounts import Person, SessionRow
from leakguard.models.people import BySource, LoginMethod, Signatory
from leakguard.ports.accounts import AccountStore
from leakguard.use_cases.accounts.callers import Caller, read_registry
from leakguard.use_cases.accounts.changing import AccountTools, person_named

LOCAL = "local"
"""The address of who logs in by a command on this machine."""
_WRONG = "the name, the password or the code is wrong"


class LoggedIn(Frozen, hidden=("secret",)):
    """A new session."""

    secret: str
    """Shown to nobody but who logged in."""
    caller: Caller
    expires_at: datetime


def log_in(
    store: AccountStore, tools: AccountTools, name_or_mail: str, password: str, code: str = "",
    *, kind: Kind, address: str = LOCAL,
) -> LoggedIn:  # fmt: skip
    """Log somebody in.

    Raises `NotLoggedIn` for what is wrong without saying which, `CodeNeeded` where the account has a second factor and
    `code` is empty, `TooManyAttempts` where too many failed. An unknown name costs the same hash as a known one.
    """
    person = _proved(store, tools, name_or_mail, password, code, address=address)
    method = LoginMethod.PASSWORD_AND_CODE if person.totp else LoginMethod.PASSWORD
    return open_session(store, tools, person.actor, kind=kind, method=method)


def prove(
    store: AccountStore, tools: AccountTools, name_or_mail: str, password: str, code: str = "", *, address: str = LOCAL
) -> Signatory:
    """Who somebody proves to be, without a session: the second person beside one who is logged in. As `log_in`."""
    person = _proved(store, tools, name_or_mail, password, code, address=address)
    return Signatory(name=person.name, actor=person.actor, how=BySource.SESSION.value)


def _proved(
    store: AccountStore, tools: AccountTools, name_or_mail: str, password: str, code: str, *, address: str
) -> Person:  # fmt: skip
    now = tools.login_now()
    named = person_named(store.people(), name_or_mail)  # by whatever word, it is one account that is guessed at
    keys = (account_key(named.actor if named is not None else name_or_mail), address_key(address))
    _refuse_too_many(store, keys, now)
    person = _who_fits(store, tools, name_or_mail, password)
    if person is None or not _is_enabled(store, person):
        raise NotLoggedIn(_WRONG, next_step="Try again, or ask an admin: leakguard account recover NAME")
    if person.totp:
        _check_code(store, person, code, keys, now)
    _refuse_changed(store, person)
    if is_outdated(person.password_hash, tools.password_cost):
        with suppress(NotAllowed):  # another login made it anew, or it is no longer this password
            store.change_person(person, replace(person, password_hash=_hashed(password, tools)), [])
    store.forget_attempts(keys[0])
    store.forget_attempts(keys[1], at=now)
    return person


def open_session(
    store: AccountStore, tools: AccountTools, actor: str, *, kind: Kind, method: LoginMethod
) -> LoggedIn:  # fmt: skip
    """A session for an account whose owner proved who they are; raises `NotLoggedIn` for one that is disabled."""
    person, state, now = store.person(actor), read_registry(store).account(actor), tools.login_now()
    if person is None or state is None or not state.is_enabled:
        raise NotLoggedIn("this account is disabled", next_step="Ask an admin: leakguard account enable NAME")
    secret, expires_at = new_secret(tools.token), now + LIMITS[kind].absolute
    store.add_session(
        SessionRow(
            hash=secret_hash(secret), actor=actor, kind=kind.value, created_at=now, seen_at=now, expires_at=expires_at,
            method=method.value,
        )
    )  # fmt: skip
    return LoggedIn(
        secret=secret, expires_at=expires_at,
        caller=Caller(actor=actor, name=person.name, roles=state.roles, how=BySource.SESSION, method=method.value),
    )  # fmt: skip


def log_in_as(
    store: AccountStore, tools: AccountTools, external: str, *, kind: Kind, method: LoginMethod
) -> LoggedIn:  # fmt: skip
    """Log in whom an OpenID provider or a named proxy vouches for; `external` is how it knows the account."""
    person = next((one for one in store.people() if external and one.external == external), None)
    if person is None:
        raise NotLoggedIn(
            "no account is linked to this login",
            next_step=f"Ask an admin: leakguard account link NAME --external '{external[:400]}'",
        )
    return open_session(store, tools, person.actor, kind=kind, method=method)


def log_out(store: AccountStore, secret: str, now: datetime) -> None:
    """End a session at once; one that is over already stays so."""
    if is_secret(secret):
        store.revoke_session(secret_hash(secret), at=now)


def change_password(store: AccountStore, tools: AccountTools, caller: Caller, *, old: str, new: str) -> None:
    """Take another password; every session ends, and who has one logs in anew. Raises `NotLoggedIn`."""
    refuse_weak(new)
    person, now = own_person(store, caller), tools.now()
    keys = (account_key(person.actor), address_key(LOCAL))
    _refuse_too_many(store, keys, now)
    if not verify_password(person.password_hash or dummy_hash(tools.password_cost), old, cost=tools.password_cost):
        raise NotLoggedIn("the old password is wrong", next_step="Try again.")
    store.forget_attempts(keys[0])
    store.forget_attempts(keys[1], at=now)
    store.change_person(person, replace(person, password_hash=_hashed(new, tools)), [])
    store.revoke_sessions(person.actor, at=now)


def begin_totp(tools: AccountTools) -> str:
    """The secret of a second factor that somebody is about to take; nothing is kept before a code of it was typed."""
    return new_totp(tools.token)


def take_totp(store: AccountStore, tools: AccountTools, caller: Caller, *, secret: str, code: str) -> None:
    """Keep a second factor whose code somebody typed; raises `NotLoggedIn` for a wrong code."""
    person = own_person(store, caller)
    if person.totp:
        raise NotAllowed(
            "this account has a second factor", next_step="An admin can take it away: leakguard account recover"
        )
    if not is_totp(secret):
        raise UsageProblem("this is no secret of a second factor", next_step="Begin again.")
    step = step_of(secret, code, tools.login_now())
    if step is None:
        raise NotLoggedIn("the code is wrong", next_step="Look at the clock of the phone, and begin again.")
    store.change_person(person, replace(person, totp=secret), [])
    store.use_totp(person.actor, step)


def _who_fits(store: AccountStore, tools: AccountTools, word: str, password: str) -> Person | None:
    """The account whose password this is; one hash is made in any case."""
    person = person_named(store.people(), word)
    kept = person.password_hash if person is not None and person.password_hash else dummy_hash(tools.password_cost)
    fits = verify_password(kept, password, cost=tools.password_cost)
    return person if fits else None


def _refuse_changed(store: AccountStore, person: Person) -> None:
    """Raise `NotLoggedIn` where the secrets that fitted were replaced while they were looked at."""
    kept = store.person(person.actor)
    if kept is None or (kept.password_hash, kept.totp) != (person.password_hash, person.totp):
        raise NotLoggedIn(_WRONG, next_step="Try again, or ask an admin: leakguard account recover NAME")


def _is_enabled(store: AccountStore, person: Person) -> bool:
    state = read_registry(store).account(person.actor)
    return state is not None and state.is_enabled


def _refuse_too_many(store: AccountStore, keys: tuple[str, str], now: datetime) -> None:
    """Count this attempt before it is judged, so that many at once do not slip through; a refused one is not kept."""
    store.note_attempt(keys, at=now, forget=now - WINDOW)
    mosts = (MOST.by_account, MOST.by_address)
    waits = [
        wait_for(store.attempts(key, since=now - WINDOW), now, most + 1) for key, most in zip(keys, mosts, strict=True)
    ]
    wait = max(waits)
    if wait:
        for key in keys:
            store.forget_attempts(key, at=now)
        raise TooManyAttempts(
            "too many logins failed lately", wait_seconds=int(wait.total_seconds()) + 1,
            next_step=f"Wait {int(wait.total_seconds()) // 60 + 1} minutes.",
        )  # fmt: skip


def _check_code(store: AccountStore, person: Person, code: str, keys: tuple[str, str], now: datetime) -> None:
    if not code:
        for key in keys:
            store.forget_attempts(key, at=now)
        raise CodeNeeded("this account has a second factor", next_step="Give the code that the app shows now.")
    step = step_of(person.totp, code, now)
    if step is None or not store.use_totp(person.actor, step):
        raise NotLoggedIn(_WRONG, next_step="Wait for the next code, which works once, and try again.")


def own_person(store: AccountStore, caller: Caller) -> Person:
    """The account of who logged in; raises `NotAllowed` for a token, which changes no account."""
    person = store.person(caller.actor)
    if person is None or caller.how is not BySource.SESSION:
        raise NotAllowed("only somebody who logged in may change this", next_step="Log in: leakguard login NAME")
    return person


def _hashed(password: str, tools: AccountTools) -> str:
    return hash_password(password, salt=bytes.fromhex(tools.token(32)), cost=tools.password_cost)
