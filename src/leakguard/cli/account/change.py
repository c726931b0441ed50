"""`leakguard account role`, `disable`, `enable`, `erase` and `link`."""

from __future__ import annotations

import click

from leakguard.accounts.rights import Role
from leakguard.cli.account.managing import ROLES, managing_store
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.use_cases.accounts.manage_accounts import (
    disable_account,
    enable_account,
    erase_account,
    grant_role,
    link_account,
    revoke_role,
)

_ROLE_EPILOG = """\b
Examples:
  leakguard account role "Li Wei" --grant commander
  leakguard account role li.wei@example.edu --revoke commander --reason "left the team"

Exit codes: 0 changed, 2 refused.
"""


@click.command(epilog=_ROLE_EPILOG)
@click.argument("name")
@click.option("--grant", type=ROLES, multiple=True, help="Grant this role. May be repeated.")
@click.option("--revoke", type=ROLES, multiple=True, help="Revoke this role. May be repeated.")
@click.option("--reason", default="", metavar="TEXT", help="Why. The reason is kept in the ledger.")
@records("Person who makes the change")
@store_option
@pass_context
def role_cmd(context: Context, *, name: str, grant: tuple[str, ...], revoke: tuple[str, ...], reason: str) -> int:
    """Grant roles to the account NAME, or revoke them. NAME is a name, an e-mail address or an id."""
    if not grant and not revoke:
        raise UsageProblem("nothing is to change", next_step="Name a role: --grant ROLE or --revoke ROLE")
    store = managing_store(context)
    for word in grant:
        person = grant_role(store, context.wiring, name, Role(word), reason=reason)
        context.say(f"{person.name} has the role {word}.")
    for word in revoke:
        person = revoke_role(store, context.wiring, name, Role(word), reason=reason)
        context.say(f"{person.name} no longer has the role {word}.")
    return ExitCode.CLEAN


_DISABLE_EPILOG = """\b
Examples:
  leakguard account disable "Li Wei" --reason "on leave"

Exit codes: 0 disabled, 2 refused.
"""


@click.command(epilog=_DISABLE_EPILOG)
@click.argument("name")
@click.option("--reason", default="", metavar="TEXT", help="Why. The reason is kept in the ledger.")
@records("Person who disables the account")
@store_option
@pass_context
def disable_cmd(context: Context, *, name: str, reason: str) -> int:
    """Disable the login of the account NAME. Its sessions and tokens end at once."""
    person = disable_account(managing_store(context), context.wiring, name, reason=reason)
    context.say(f"The account of {person.name} is disabled.")
    return ExitCode.CLEAN


_ENABLE_EPILOG = """\b
Examples:
  leakguard account enable "Li Wei"

Exit codes: 0 enabled, 2 refused.
"""


@click.command(epilog=_ENABLE_EPILOG)
@click.argument("name")
@click.option("--reason", default="", metavar="TEXT", help="Why. The reason is kept in the ledger.")
@records("Person who enables the account")
@store_option
@pass_context
def enable_cmd(context: Context, *, name: str, reason: str) -> int:
    """Enable the login of the disabled account NAME."""
    person = enable_account(managing_store(context), context.wiring, name, reason=reason)
    context.say(f"The account of {person.name} is enabled.")
    return ExitCode.CLEAN


_ERASE_EPILOG = """\b
Examples:
  leakguard account erase "Li Wei" --reason "asked for erasure"

Exit codes: 0 erased, 2 refused.
"""


@click.command(epilog=_ERASE_EPILOG)
@click.argument("name")
@click.option("--reason", default="", metavar="TEXT", help="Why. The reason is kept in the ledger.")
@records("Person who erases it")
@store_option
@pass_context
def erase_cmd(context: Context, *, name: str, reason: str) -> int:
    """Erase name, e-mail address, password, second factor, passkeys and sessions of the account NAME.

    This cannot be undone. The ledger keeps the id of the account, and still verifies. Existing entries show the
    name under which they were recorded: to erase it there, use `leakguard evidence redact`.
    """
    store = managing_store(context)
    actor = erase_account(store, context.wiring, name, reason=reason)
    context.say(f"{actor} is erased: its name, its mail and its password are gone.")
    if not store.scrub():
        context.warn("Others work with the store, so its files may still hold what was erased.")
        context.warn("Next: leakguard evidence scrub")
    return ExitCode.CLEAN


_LINK_EPILOG = """\b
Examples:
  leakguard account link "Zhang Min" --external https://login.example.edu#zhang

Exit codes: 0 linked, 2 refused.
"""


@click.command(epilog=_LINK_EPILOG)
@click.argument("name")
@click.option("--external", required=True, metavar="ID", help="`ISSUER#SUBJECT`, or `proxy#NAME`.")
@store_option
@pass_context
def link_cmd(context: Context, *, name: str, external: str) -> int:
    """Let a person log in as NAME who is authenticated by an OpenID provider or a named proxy."""
    person = link_account(managing_store(context), name, external)
    context.say(f"The account of {person.name} is linked.")
    return ExitCode.CLEAN
