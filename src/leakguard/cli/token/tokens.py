"""`leakguard token add`, `list` and `revoke`."""

from __future__ import annotations

import json

import click

from leakguard.cli.account.managing import need_caller
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.models.moments import to_z
from leakguard.outputs.accounts import token_json, token_lines
from leakguard.use_cases.accounts.api_tokens import add_token, list_tokens, revoke_token

_ADD_EPILOG = """\b
Examples:
  leakguard token add "ticket system" --scope read_incidents --scope record_events
  leakguard token add monitoring --scope read_health --days 365

Exit codes: 0 made, 2 refused.
"""


@click.command(epilog=_ADD_EPILOG)
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, metavar="RIGHT", help="Right of the token. May be repeated."
)
@click.option("--days", type=click.IntRange(min=1), help="How many days the token is valid (default: 90, at most 366).")
@records("Person who creates it")
@format_option("text", "json")
@store_option
@pass_context
def add_cmd(context: Context, *, name: str, scopes: tuple[str, ...], days: int | None, output_format: str) -> int:
    """Create a token for the program NAME, and show it once.

    The token may do what both its scopes and its account may do.
    """
    store, caller = need_caller(context)
    made = add_token(store, context.wiring, caller, name=name, scopes=scopes, days=days)
    if output_format == "json":
        click.echo(json.dumps({**token_json(made.row), "token": made.secret}))
    else:
        click.echo(made.secret)
        context.remark(f"{made.row.id}, until {to_z(made.row.expires_at)}. It is shown this once.")
    return ExitCode.CLEAN


_LIST_EPILOG = """\b
Examples:
  leakguard token list
  leakguard token list --all --format json

Exit codes: 0 listed.
"""


@click.command(epilog=_LIST_EPILOG)
@click.option("--all", "everybody", is_flag=True, help="List the tokens of all accounts (admins only).")
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, everybody: bool, output_format: str) -> int:
    """List your tokens: what each may do, when it expires, and when it was last used."""
    store, caller = need_caller(context)
    tokens = list_tokens(store, caller, everybody=everybody)
    if output_format == "json":
        click.echo(json.dumps([token_json(token) for token in tokens]))
    else:
        context.show(token_lines(tokens))
    return ExitCode.CLEAN


_REVOKE_EPILOG = """\b
Examples:
  leakguard token revoke tok_0123456789ab

Exit codes: 0 revoked, 2 there is no such token.
"""


@click.command(epilog=_REVOKE_EPILOG)
@click.argument("token")
@records("Person who revokes it")
@store_option
@pass_context
def revoke_cmd(context: Context, *, token: str) -> int:
    """Revoke TOKEN, an id from `token list`, at once."""
    store, caller = need_caller(context)
    row = revoke_token(store, context.wiring, caller, token)
    context.say(f"{row.id} is revoked.")
    return ExitCode.CLEAN
