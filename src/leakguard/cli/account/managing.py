"""What commands about accounts share: who may use them, and the names of roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leakguard.accounts.rights import Right, Role
from leakguard.cli.options import Context
from leakguard.errors import NotLoggedIn
from leakguard.use_cases.accounts.callers import Caller, read_registry, refuse_without

if TYPE_CHECKING:
    from leakguard.store.sql_store import SqlStore

ROLES = click.Choice([role.value for role in Role])


def managing_store(context: Context, *, is_new: bool = False, may_be_nobody: bool = False) -> SqlStore:
    """The store, for somebody who may manage its accounts; for anybody while it has none.

    `may_be_nobody` lets the owner of the store's file in as well, for whom nobody is left who could log in.
    """
    wiring = context.wiring
    store = wiring.store if is_new else wiring.existing_store
    if wiring.caller is not None:
        refuse_without(wiring.caller, Right.MANAGE_ACCOUNTS)
    elif read_registry(store).has_accounts and not may_be_nobody:
        raise NotLoggedIn(
            "this store has accounts, and an admin manages them", next_step="Log in as one: leakguard login NAME"
        )
    return store


def need_caller(context: Context) -> tuple[SqlStore, Caller]:
    """The store, and who logged in; raises `NotLoggedIn`."""
    store, caller = context.wiring.existing_store, context.wiring.caller
    if caller is None:
        raise NotLoggedIn("nobody is logged in", next_step="Log in: leakguard login NAME")
    return store, caller
