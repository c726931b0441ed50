"""`leakguard account`: who works on this store, and what they may do."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.account"


@click.command(
    cls=LazyGroup,
    lazy={
        "add": (f"{_ROOM}.add:add_cmd", "Add an account; the first one is an admin's."),
        "list": (f"{_ROOM}.list:list_cmd", "List accounts with their roles."),
        "rights": (f"{_ROOM}.list:rights_cmd", "Show which role may do what."),
        "role": (f"{_ROOM}.change:role_cmd", "Grant and revoke roles."),
        "disable": (f"{_ROOM}.change:disable_cmd", "Let an account log in no more."),
        "enable": (f"{_ROOM}.change:enable_cmd", "Let a disabled account log in again."),
        "recover": (f"{_ROOM}.recover:recover_cmd", "Give somebody a new password who lost theirs."),
        "erase": (f"{_ROOM}.change:erase_cmd", "Erase name, mail and password for good."),
        "link": (f"{_ROOM}.change:link_cmd", "Link an account to the login of a provider or a proxy."),
        "password": (f"{_ROOM}.own:password_cmd", "Take another password."),
        "totp": (f"{_ROOM}.own:totp_cmd", "Take a second factor."),
    },
)
def account_group() -> None:
    """Say who works on this store, and what they may do.

    Each change is an entry of the ledger, under the id of the account. Name, mail and password stand beside the ledger
    and can be erased.
    """
