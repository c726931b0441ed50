"""The first link: what a new store prints, and what makes the first admin, once."""

from __future__ import annotations

from leakguard.accounts.rights import Role
from leakguard.accounts.tokens import is_secret, new_secret, secret_hash
from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.models.accounts import Person
from leakguard.ports.accounts import AccountStore
from leakguard.use_cases.accounts.changing import AccountTools
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account


def first_link(store: AccountStore, tools: AccountTools) -> str:
    """The secret of a link that makes the first admin; earlier ones stop. Raises `NotAllowed` with accounts."""
    secret = new_secret(tools.token)
    store.add_first_link(secret_hash(secret), at=tools.now())
    return secret


def use_first_link(store: AccountStore, tools: AccountTools, secret: str, new: NewAccount) -> Person:
    """Make the first admin by a link; raises `NotAllowed` for a link that was used, or is not of this store."""
    if not is_secret(secret):
        raise NotAllowed("this link is not of this store", next_step="Start `leakguard web` again for a new one.")
    return add_account(store, tools, replace(new, roles=new.roles | {Role.ADMIN}), link=secret_hash(secret))
