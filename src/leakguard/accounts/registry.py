"""The registry: which accounts and tokens there are, and which roles they have, as the ledger tells it.

Ledger entries name an account by its id alone. Its name, mail and password are kept beside the ledger,
and can be erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right, Role
from leakguard.frozen import Frozen, replace

if TYPE_CHECKING:
    from leakguard.models.records import KeptRecord

SUBJECT = "accounts"
"""Of all these entries."""
ADDED, DISABLED, ENABLED = "account_added", "account_disabled", "account_enabled"
RECOVERED, ERASED = "account_recovered", "account_erased"
GRANTED, REVOKED = "role_granted", "role_revoked"
TOKEN_ADDED, TOKEN_REVOKED = "token_added", "token_revoked"
ONCALL_SET = "oncall_set"
KINDS = (
    ADDED, DISABLED, ENABLED, RECOVERED, ERASED, GRANTED, REVOKED, TOKEN_ADDED, TOKEN_REVOKED, ONCALL_SET,
)  # fmt: skip
READ = tuple(kind for kind in KINDS if kind != ONCALL_SET)
"""Those that `registry_of` goes by: rosters are many, and say nothing of what an account may do."""


class AccountState(Frozen):
    """One account."""

    actor: str
    roles: frozenset[Role] = frozenset()
    is_enabled: bool = True
    is_erased: bool = False


class TokenState(Frozen):
    """One token."""

    id: str
    actor: str
    scopes: frozenset[Right] = frozenset()
    is_revoked: bool = False


class Registry(Frozen):
    """All accounts and tokens."""

    accounts: Mapping[str, AccountState]
    """By actor, in the order in which they were added."""
    tokens: Mapping[str, TokenState]
    """By id."""

    @property
    def has_accounts(self) -> bool:
        """Whether an account was ever added: from then on two people are two accounts."""
        return bool(self.accounts)

    def account(self, actor: str) -> AccountState | None:
        """An account, whether or not it is enabled."""
        return self.accounts.get(actor)

    def holders(self, role: Role) -> tuple[str, ...]:
        """The enabled accounts with a role."""
        return tuple(
            account.actor for account in self.accounts.values() if account.is_enabled and role in account.roles
        )


def registry_of(records: Iterable[KeptRecord]) -> Registry:
    """What the entries of `READ` say together, in their order; what cannot be read, or names none, changes nothing."""
    accounts: dict[str, AccountState] = {}
    tokens: dict[str, TokenState] = {}
    for record in records:
        if record.kind in {TOKEN_ADDED, TOKEN_REVOKED}:
            _take_token(record.kind, record.content, tokens)
        else:
            _take_account(record.kind, record.content, accounts)
    return Registry(accounts=accounts, tokens=tokens)


def _take_account(kind: str, content: Mapping[str, Any], accounts: dict[str, AccountState]) -> None:
    actor = content.get("actor")
    if not isinstance(actor, str) or not actor:
        return
    if kind == ADDED:
        accounts.setdefault(actor, AccountState(actor=actor))
    state = accounts.get(actor)
    if state is not None:
        accounts[actor] = _changed(state, kind, _role(content.get("role")))


def _changed(state: AccountState, kind: str, role: Role | None) -> AccountState:
    if kind == ERASED:
        return replace(state, roles=frozenset(), is_enabled=False, is_erased=True)
    if kind in {DISABLED, ENABLED}:
        return replace(state, is_enabled=kind == ENABLED and not state.is_erased)
    if role is None or kind not in {GRANTED, REVOKED}:
        return state
    return replace(state, roles=state.roles | {role} if kind == GRANTED else state.roles - {role})


def _take_token(kind: str, content: Mapping[str, Any], tokens: dict[str, TokenState]) -> None:
    name, actor = content.get("token"), content.get("actor")
    if not isinstance(name, str) or not isinstance(actor, str):
        return
    if kind == TOKEN_ADDED:
        tokens.setdefault(name, TokenState(id=name, actor=actor, scopes=_scopes(content.get("scopes"))))
    elif name in tokens:
        tokens[name] = replace(tokens[name], is_revoked=True)


def _role(word: object) -> Role | None:
    return Role(word) if isinstance(word, str) and word in set(Role) else None


def _scopes(words: object) -> frozenset[Right]:
    known = set(Right)
    return frozenset(Right(word) for word in words if word in known) if isinstance(words, list) else frozenset()
