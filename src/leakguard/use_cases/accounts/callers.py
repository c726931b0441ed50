"""Callers: who asks for something, as a session or a token says, and whether they may."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from leakguard.accounts.registry import READ, SUBJECT, Registry, registry_of
from leakguard.accounts.rights import RIGHTS, WORDS, Right, Role, allowed
from leakguard.accounts.sessions import TOUCHED_EVERY, needs_touch, why_over
from leakguard.accounts.tokens import is_secret, secret_hash
from leakguard.errors import NotLoggedIn, RightMissing, StoreUnusable
from leakguard.frozen import Frozen
from leakguard.models.people import BySource, Recorder
from leakguard.ports.accounts import AccountStore
from leakguard.ports.journals import Journal

_LOG_IN = "Log in: leakguard login NAME"


class Caller(Frozen):
    """An account that asks for something."""

    actor: str
    name: str
    roles: frozenset[Role]
    scopes: frozenset[Right] | None = None
    """What a token is limited to; `None` for somebody who logged in."""
    how: BySource = BySource.SESSION
    method: str = ""
    """The `LoginMethod` of a session; empty for a token, and for a session that began before it was kept."""
    language: str = ""
    """In which the person reads; empty for what the browser asks for."""
    zone: str = ""
    """In which times are shown; empty for the browser's."""

    def may(self, right: Right) -> bool:
        """Whether the caller has a right now."""
        return allowed(self.roles, right) and (self.scopes is None or right in self.scopes)

    def recorder(self) -> Recorder:
        """Who records what this caller does."""
        return Recorder(name=self.name, source=self.how, actor=self.actor, method=self.method)


def refuse_without(caller: Caller, right: Right) -> None:
    """Raise `RightMissing` unless the caller has the right; it names the right, and who may grant it."""
    if caller.may(right):
        return
    if allowed(caller.roles, right):
        raise RightMissing(
            f"this token may not {WORDS[right]}: its scopes lack `{right}`",
            next_step=f"Add a token that has it: leakguard token add --scope {right} ...",
        )
    roles = " or ".join(sorted(RIGHTS[right]))
    raise RightMissing(
        f"{caller.name} may not {WORDS[right]}: that needs the right `{right}`, and so the role {roles}",
        next_step="Ask an admin for the role: leakguard account role NAME --grant ROLE",
    )


def read_registry(store: Journal) -> Registry:
    """All accounts, roles and tokens, as the ledger tells them."""
    return registry_of(store.of_kinds(READ, SUBJECT))


def who_of_session(store: AccountStore, secret: str, now: datetime) -> Caller:
    """Who a session's secret stands for; raises `NotLoggedIn`, which never says what was given."""
    digest = _digest_of(secret)
    session = store.session(digest)
    if session is None:
        raise NotLoggedIn("nobody is logged in with this session", next_step=_LOG_IN)
    over = why_over(session, now)
    if over:
        raise NotLoggedIn(f"the session is over: {over}", next_step=_LOG_IN)
    caller = _caller(store, session.actor, read_registry(store), how=BySource.SESSION, method=session.method)
    _keep_use(lambda: store.touch_session(digest, at=now), is_due=needs_touch(session, now))
    return caller


def who_of_token(store: AccountStore, secret: str, now: datetime) -> Caller:
    """Who a token stands for; raises as `who_of_session`. What it may do is what its entry in the ledger says."""
    row = store.token_of(_digest_of(secret))
    registry = read_registry(store)
    state = registry.tokens.get(row.id) if row is not None else None
    if row is None or state is None or row.revoked_at is not None or state.is_revoked:
        raise NotLoggedIn("this token is unknown, or was revoked", next_step="Add one: leakguard token add NAME")
    if now >= row.expires_at:
        raise NotLoggedIn("this token has expired", next_step="Add another one: leakguard token add NAME")
    caller = _caller(store, state.actor, registry, how=BySource.TOKEN, scopes=state.scopes)
    is_due = row.last_used_at is None or now - row.last_used_at >= TOUCHED_EVERY
    _keep_use(lambda: store.touch_token(row.id, at=now), is_due=is_due)
    return caller


def _digest_of(secret: str) -> str:
    """The hash to look for; what has not the shape of a secret is none, and is not looked up."""
    if not is_secret(secret):
        raise NotLoggedIn("this is no session and no token of LeakGuard", next_step=_LOG_IN)
    return secret_hash(secret)


def _caller(
    store: AccountStore, actor: str, registry: Registry, *, how: BySource, scopes: frozenset[Right] | None = None,
    method: str = "",
) -> Caller:  # fmt: skip
    state, person = registry.account(actor), store.person(actor)
    if state is None or person is None or not state.is_enabled or person.erased_at is not None:
        raise NotLoggedIn(
            "this account is disabled", next_step="Ask an admin to enable it: leakguard account enable NAME"
        )
    return Caller(
        actor=actor, name=person.name, roles=state.roles, scopes=scopes, how=how, method=method,
        language=person.language, zone=person.zone,
    )  # fmt: skip


def _keep_use(keep: Callable[[], None], *, is_due: bool) -> None:
    """Keep that it was used, where the store can be written now; a store that is only read still answers."""
    if is_due:
        with suppress(StoreUnusable):
            keep()
