"""`leakguard account`: who works on this store, and what they may do."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.account"


@click.command(
    cls=LazyGroup,
    lazy={
        "add": (f"{_ROOM}.add:add_cmd", "Add an account. The first one must be an admin."),
        "list": (f"{_ROOM}.list:list_cmd", "List accounts with their roles."),
        "rights": (f"{_ROOM}.list:rights_cmd", "Show which role may do what."),
        "role": (f"{_ROOM}.change:role_cmd", "Grant and revoke roles."),
        "disable": (f"{_ROOM}.change:disable_cmd", "Disable the login of an account."),
        "enable": (f"{_ROOM}.change:enable_cmd", "Enable the login of a disabled account."),
        "recover": (f"{_ROOM}.recover:recover_cmd", "Set a new password for a person who lost it."),
        "erase": (f"{_ROOM}.change:erase_cmd", "Erase name, e-mail address and password for good."),
        "link": (f"{_ROOM}.change:link_cmd", "Link an account to the login of a provider or a proxy."),
        "password": (f"{_ROOM}.own:password_cmd", "Change your own password."),
        "totp": (f"{_ROOM}.own:totp_cmd", "Set up your second factor."),
    },
)
def account_group() -> None:
    """Manage the accounts of this store, and what each may do.

    Each change is an entry in the ledger, under the id of the account. Name, e-mail address and password are stored
    outside the ledger and can be erased.
    """
