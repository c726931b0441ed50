"""API tokens: made for an account, shown once, listed, and revoked at once."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.accounts.registry import TOKEN_ADDED, TOKEN_REVOKED
from leakguard.accounts.rights import Right, rights_of
from leakguard.accounts.tokens import expiry, new_secret, new_token_id, parse_scopes, secret_hash
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.accounts import TokenRow
from leakguard.models.people import refuse_nameless
from leakguard.ports.accounts import AccountStore
from leakguard.use_cases.accounts.callers import Caller, refuse_without
from leakguard.use_cases.accounts.changing import AccountTools, account_record


class NewToken(Frozen, hidden=("secret",)):
    """A token, the only time that its secret is seen."""

    secret: str
    row: TokenRow


def add_token(
    store: AccountStore,
    tools: AccountTools,
    caller: Caller,
    *,
    name: str,
    scopes: Iterable[str],
    days: int | None = None,
) -> NewToken:
    """Make a token for the caller, limited to rights that the caller has, and kept as a hash."""
    refuse_without(caller, Right.MANAGE_OWN_TOKENS)
    refuse_nameless(name, option="NAME")
    wanted = parse_scopes(scopes)
    if not wanted:
        raise UsageProblem("a token needs the rights that it is for", next_step="Add --scope RIGHT, once for each.")
    if lacking := sorted(wanted - rights_of(caller.roles) | {right for right in wanted if not caller.may(right)}):
        raise NotAllowed(
            f"a token cannot do what its account may not do: {', '.join(lacking)}",
            next_step="Leave them out, or ask an admin for the role that has them.",
        )
    now = tools.now()
    secret = new_secret(tools.token)
    row = TokenRow(
        id=new_token_id(tools.token), hash=secret_hash(secret), actor=caller.actor, name=" ".join(name.split()),
        scopes=tuple(sorted(wanted)), created_at=now, expires_at=expiry(now, days),
    )  # fmt: skip
    added = account_record(TOKEN_ADDED, now, token=row.id, actor=row.actor, scopes=list(row.scopes))
    store.add_token(row, [added])
    return NewToken(secret=secret, row=row)


def list_tokens(store: AccountStore, caller: Caller, *, everybody: bool = False) -> tuple[TokenRow, ...]:
    """The caller's own tokens, or those of all accounts, which an admin may see."""
    if everybody:
        refuse_without(caller, Right.MANAGE_ACCOUNTS)
    return store.tokens("" if everybody else caller.actor)


def revoke_token(store: AccountStore, tools: AccountTools, caller: Caller, token: str) -> TokenRow:
    """End a token at once: one's own, or anybody's for an admin."""
    found = next((token_row for token_row in store.tokens() if token_row.id == token), None)
    if found is None or (found.actor != caller.actor and not caller.may(Right.MANAGE_ACCOUNTS)):
        raise NotFound(f"you have no token `{token[:60]}`", next_step="List them: leakguard token list")
    refuse_without(caller, Right.MANAGE_OWN_TOKENS if found.actor == caller.actor else Right.MANAGE_ACCOUNTS)
    now = tools.now()
    store.revoke_token(found.id, [account_record(TOKEN_REVOKED, now, token=found.id, actor=found.actor)], at=now)
    return found
