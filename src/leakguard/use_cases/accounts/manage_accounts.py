"""Accounts: added, listed, given roles, disabled, recovered and erased; each change is an entry of the ledger."""

from __future__ import annotations

from datetime import datetime

from leakguard.accounts.passwords import hash_password, refuse_weak
from leakguard.accounts.registry import ADDED, DISABLED, ENABLED, ERASED, GRANTED, RECOVERED, REVOKED, SUBJECT
from leakguard.accounts.rights import Right, Role, allowed
from leakguard.accounts.tokens import new_actor
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.models.accounts import Person
from leakguard.models.people import refuse_nameless, refuse_unreadable
from leakguard.ports.accounts import AccountStore
from leakguard.use_cases.accounts.callers import read_registry
from leakguard.use_cases.accounts.changing import (
    AccountTools,
    account_record,
    find_person,
    last_change,
    refuse_last_admin,
    state_of,
)

MOST_MAIL = 254
"""Characters of an address, by RFC 5321."""


class NewAccount(Frozen, hidden=("password", "mail")):
    """An account to add."""

    name: str
    mail: str = ""
    roles: frozenset[Role] = frozenset()
    password: str = ""
    """Empty for who logs in by somebody else's word, or gets one by `recover_account`."""
    external: str = ""


class ListedAccount(Frozen, hidden=("mail",)):
    """One account, as a list shows it."""

    actor: str
    name: str
    mail: str
    roles: tuple[Role, ...]
    is_enabled: bool
    has_password: bool
    has_second_factor: bool
    created_at: datetime
    erased_at: datetime | None = None
    seen_at: datetime | None = None
    """When it was last used; `None` for never."""


def add_account(store: AccountStore, tools: AccountTools, new: NewAccount, *, link: str = "") -> Person:
    """Add an account with its roles; the first one is an admin. `link` is the hash of the first link that makes it."""
    refuse_nameless(new.name, option="--name")
    _refuse_mail(new.mail)
    is_first = not read_registry(store).has_accounts
    if is_first and Role.ADMIN not in new.roles:
        raise NotAllowed(
            "the first account has to be an admin's, as somebody has to manage the others",
            next_step="Add --role admin.",
        )
    if new.password:
        refuse_weak(new.password)
    now = tools.now()
    person = Person(
        actor=new_actor(tools.token), name=" ".join(new.name.split()), mail=new.mail.strip(), external=new.external,
        password_hash=_hashed(new.password, tools) if new.password else "", created_at=now,
    )  # fmt: skip
    records = [account_record(ADDED, now, actor=person.actor)]
    records += [account_record(GRANTED, now, actor=person.actor, role=role.value) for role in sorted(new.roles)]
    store.add_person(person, records, link=link, only_first=is_first)
    return person


def list_accounts(store: AccountStore) -> tuple[ListedAccount, ...]:
    """Every account that the ledger knows, in the order in which they were added."""
    registry = read_registry(store)
    keyed = {passkey.actor for passkey in store.passkeys()}
    found = []
    for person in store.people():
        state = registry.account(person.actor)
        if state is not None:
            found.append(
                ListedAccount(
                    actor=person.actor, name=person.name, mail=person.mail, roles=tuple(sorted(state.roles)),
                    is_enabled=state.is_enabled, has_password=bool(person.password_hash),
                    has_second_factor=bool(person.totp) or person.actor in keyed, created_at=person.created_at,
                    erased_at=person.erased_at, seen_at=person.seen_at,
                )
            )  # fmt: skip
    return tuple(found)


def who_may(store: AccountStore, right: Right) -> tuple[str, ...]:
    """The names of the enabled accounts whose roles have a right, in alphabetical order."""
    listed = list_accounts(store)
    return tuple(
        sorted(
            account.name for account in listed if account.is_enabled and account.name and allowed(account.roles, right)
        )
    )


def grant_role(store: AccountStore, tools: AccountTools, word: str, role: Role, *, reason: str = "") -> Person:
    """Give an account a role; raises `NotAllowed` where it has it."""
    return _change_role(store, tools, word, role, is_granted=True, reason=reason)


def revoke_role(store: AccountStore, tools: AccountTools, word: str, role: Role, *, reason: str = "") -> Person:
    """Take a role from an account; raises `NotAllowed` where it has it not, and for the last admin."""
    return _change_role(store, tools, word, role, is_granted=False, reason=reason)


def _change_role(
    store: AccountStore, tools: AccountTools, word: str, role: Role, *, is_granted: bool, reason: str
) -> Person:
    refuse_unreadable(reason)
    seen = last_change(store)
    person, registry = find_person(store, word), read_registry(store)
    if (role in state_of(registry, person).roles) == is_granted:
        has = "has the role already" if is_granted else "does not have the role"
        raise NotAllowed(f"{person.name} {has}: {role}", next_step="See all of them: leakguard account list")
    if role is Role.ADMIN and not is_granted:
        refuse_last_admin(registry, person.actor)
    kind = GRANTED if is_granted else REVOKED
    record = account_record(kind, tools.now(), actor=person.actor, role=role.value, reason=reason)
    store.append(SUBJECT, [record], after=seen)
    return person


def disable_account(store: AccountStore, tools: AccountTools, word: str, *, reason: str = "") -> Person:
    """Let an account log in no more, and end its sessions at once; its tokens stop with it."""
    refuse_unreadable(reason)
    seen, now = last_change(store), tools.now()
    person, registry = find_person(store, word), read_registry(store)
    if not state_of(registry, person).is_enabled:
        raise NotAllowed(f"the account of {person.name} is disabled already", next_step="There is nothing to do.")
    refuse_last_admin(registry, person.actor)
    store.append(SUBJECT, [account_record(DISABLED, now, actor=person.actor, reason=reason)], after=seen)
    store.revoke_sessions(person.actor, at=now)
    return person


def enable_account(store: AccountStore, tools: AccountTools, word: str, *, reason: str = "") -> Person:
    """Let a disabled account log in again."""
    refuse_unreadable(reason)
    seen, person = last_change(store), find_person(store, word)
    if state_of(read_registry(store), person).is_enabled:
        raise NotAllowed(f"the account of {person.name} is enabled already", next_step="There is nothing to do.")
    store.append(SUBJECT, [account_record(ENABLED, tools.now(), actor=person.actor, reason=reason)], after=seen)
    return person


def recover_account(store: AccountStore, tools: AccountTools, word: str, *, password: str, reason: str) -> Person:
    """Give somebody a new password who lost theirs, or their second factor, which goes; all sessions end."""
    refuse_unreadable(reason)
    if not reason.strip():
        raise UsageProblem("a recovery needs a reason, which the ledger keeps", next_step='Add --reason "..."')
    refuse_weak(password)
    person, now = find_person(store, word), tools.now()
    state_of(read_registry(store), person)
    changed = replace(person, password_hash=_hashed(password, tools), totp="")
    record = account_record(RECOVERED, now, actor=person.actor, reason=reason)
    store.change_person(person, changed, [record], resets=True)
    store.revoke_sessions(person.actor, at=now)
    return changed


def erase_account(store: AccountStore, tools: AccountTools, word: str, *, reason: str = "") -> str:
    """Erase name, mail and hashes of an account for good; returns its id, which the ledger's entries keep."""
    refuse_unreadable(reason)
    seen, now = last_change(store), tools.now()
    person, registry = find_person(store, word), read_registry(store)
    if registry.account(person.actor) is not None:
        refuse_last_admin(registry, person.actor)
    record = account_record(ERASED, now, actor=person.actor, reason=reason)
    store.erase_person(person.actor, [record], at=now, after=seen)
    return person.actor


def link_account(store: AccountStore, word: str, external: str) -> Person:
    """Say how an OpenID provider or a proxy knows an account; it is kept beside the ledger, and can be erased."""
    person = find_person(store, word)
    state_of(read_registry(store), person)
    changed = replace(person, external=external.strip())
    store.change_person(person, changed, [])
    return changed


def _hashed(password: str, tools: AccountTools) -> str:
    return hash_password(password, salt=bytes.fromhex(tools.token(32)), cost=tools.password_cost)


def _refuse_mail(mail: str) -> None:
    if mail and (len(mail) > MOST_MAIL or mail.count("@") != 1 or any(sign.isspace() for sign in mail.strip())):
        raise UsageProblem(f"`{mail[:60]}` is no mail address", next_step="Write it as name@example.edu.")
