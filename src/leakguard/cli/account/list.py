"""`leakguard account list` and `rights`."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.accounts import account_json, account_lines, rights_json, rights_lines
from leakguard.use_cases.accounts.manage_accounts import list_accounts

_EPILOG = """\b
Examples:
  leakguard account list
  leakguard account list --format json

Exit codes: 0 listed.
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the accounts of this store, and their roles."""
    accounts = list_accounts(context.wiring.existing_store)
    if output_format == "json":
        click.echo(json.dumps([account_json(account) for account in accounts]))
    elif accounts:
        context.show(account_lines(accounts))
    else:
        context.say("There are no accounts: names are as they were typed.")
        context.remark("Next: leakguard account add NAME --role admin")
    return ExitCode.CLEAN


_RIGHTS_EPILOG = """\b
Examples:
  leakguard account rights

Exit codes: 0 listed.
"""


@click.command(epilog=_RIGHTS_EPILOG)
@format_option("text", "json")
@pass_context
def rights_cmd(context: Context, *, output_format: str) -> int:
    """Show which role may do what. The scopes of a token are these rights."""
    if output_format == "json":
        click.echo(json.dumps(rights_json()))
    else:
        context.show(rights_lines())
    return ExitCode.CLEAN
