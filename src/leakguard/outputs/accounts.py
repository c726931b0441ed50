"""Accounts, tokens and rights as lines and as JSON; no secret and no hash is among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import RIGHTS, WORDS, Right, Role
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.models.accounts import Person, TokenRow
    from leakguard.models.people import Recorder
    from leakguard.use_cases.accounts.callers import Caller
    from leakguard.use_cases.accounts.manage_accounts import ListedAccount
    from leakguard.use_cases.accounts.own_account import OwnAccount, OwnSession


def caller_json(caller: Caller) -> dict[str, Any]:
    """Who asks, and what they may do."""
    return {
        "id": caller.actor, "name": caller.name, "how": caller.how.value, "authenticated": True,
        "roles": sorted(caller.roles), "rights": [right.value for right in Right if caller.may(right)],
        "scopes": sorted(caller.scopes) if caller.scopes is not None else None,
    }  # fmt: skip


def recorder_json(recorder: Recorder) -> dict[str, Any]:
    """Who records without an account."""
    return {
        "id": recorder.actor, "name": recorder.name, "how": recorder.source.value,
        "authenticated": recorder.is_authenticated, "roles": [], "rights": [], "scopes": None,
    }  # fmt: skip


def caller_lines(caller: Caller) -> Iterator[str]:
    """The same for a person."""
    how = "by an API token" if caller.how == "token" else "logged in"
    yield f"{printable(caller.name)} ({how}), {caller.actor}"
    yield f"Roles: {', '.join(sorted(caller.roles)) or 'none'}"
    for right in Right:
        if caller.may(right):
            yield f"  may {WORDS[right]}"


def account_json(account: ListedAccount) -> dict[str, Any]:
    """One account of `account list`."""
    return {
        "id": account.actor, "name": account.name or None, "mail": account.mail or None,
        "roles": [role.value for role in account.roles],
        "enabled": account.is_enabled, "password": account.has_password, "second_factor": account.has_second_factor,
        "created_at": to_z(account.created_at), "erased_at": to_z(account.erased_at) if account.erased_at else None,
        "last_used_at": to_z(account.seen_at) if account.seen_at else None,
    }  # fmt: skip


def account_lines(accounts: Sequence[ListedAccount]) -> Iterator[str]:
    """The same for a person."""
    for account in accounts:
        if account.erased_at is not None:
            yield f"{account.actor}  (erased on {to_z(account.erased_at)})"
            continue
        marks = ", ".join(
            mark
            for mark, holds in (
                ("disabled", not account.is_enabled), ("no password", not account.has_password),
                ("second factor", account.has_second_factor),
            )
            if holds
        )  # fmt: skip
        roles = ", ".join(account.roles) or "no role"
        mail = f" <{printable(account.mail)}>" if account.mail else ""
        yield f"{account.actor}  {printable(account.name)}{mail}: {roles}{f' ({marks})' if marks else ''}"


def own_json(found: OwnAccount, caller: Caller) -> dict[str, Any]:
    """One's own account."""
    person = found.person
    return {
        "id": person.actor, "name": person.name, "mail": person.mail or None, "roles": sorted(caller.roles),
        "created_at": to_z(person.created_at), "password": bool(person.password_hash),
        "second_factor": bool(person.totp), "language": person.language or None, "zone": person.zone or None,
        "sessions": [_session_json(session) for session in found.sessions],
        "passkeys": [
            {"id": passkey.id, "name": passkey.name, "created_at": to_z(passkey.created_at)}
            for passkey in found.passkeys
        ],
    }  # fmt: skip


def _session_json(own_session: OwnSession) -> dict[str, Any]:
    row = own_session.row
    return {
        "id": own_session.id, "kind": row.kind, "created_at": to_z(row.created_at), "seen_at": to_z(row.seen_at),
        "expires_at": to_z(row.expires_at), "this": own_session.is_this,
    }  # fmt: skip


def person_json(person: Person) -> dict[str, Any]:
    """An account that was just changed."""
    return {"id": person.actor, "name": person.name}


def token_json(token: TokenRow) -> dict[str, Any]:
    """One token, without its secret."""
    return {
        "id": token.id, "account": token.actor, "name": token.name or None, "scopes": list(token.scopes),
        "created_at": to_z(token.created_at), "expires_at": to_z(token.expires_at),
        "last_used_at": to_z(token.last_used_at) if token.last_used_at else None,
        "revoked_at": to_z(token.revoked_at) if token.revoked_at else None,
    }  # fmt: skip


def token_lines(tokens: Sequence[TokenRow]) -> Iterator[str]:
    """The same for a person."""
    for token in tokens:
        state = f"revoked {to_z(token.revoked_at)}" if token.revoked_at else f"until {to_z(token.expires_at)}"
        used = f"last used {to_z(token.last_used_at)}" if token.last_used_at else "never used"
        yield f"{token.id}  {printable(token.name)} ({token.actor}): {', '.join(token.scopes)}; {state}, {used}"


def rights_json() -> dict[str, Any]:
    """The table of rights."""
    return {
        "roles": [role.value for role in Role],
        "rights": [{"right": right.value, "text": WORDS[right], "roles": _roles(right)} for right in Right],
    }


def rights_lines() -> Iterator[str]:
    """The same for a person."""
    width = max(map(len, Right))
    for right in Right:
        yield f"{right:<{width}}  {', '.join(_roles(right))}"


def _roles(right: Right) -> list[str]:
    """The roles that have a right, in the order in which roles are named."""
    return [role.value for role in Role if role in RIGHTS[right]]
