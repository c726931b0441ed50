"""`leakguard account add`."""

from __future__ import annotations

import json

import click

from leakguard.accounts.rights import Role
from leakguard.cli.account.managing import ROLES, managing_store
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.secrets import ask_password, password_file_option, password_in
from leakguard.errors import ExitCode
from leakguard.outputs.accounts import person_json
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account

_EPILOG = """\b
Examples:
  leakguard account add "Anna Berg" --mail anna@example.edu --role admin --role commander
  leakguard account add "Li Wei" --role responder --password-file /run/secrets/li-wei
  leakguard account add "Zhang Min" --role dpo --no-password --external https://login.example.edu#zhang

Exit codes: 0 added, 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.argument("name")
@click.option("--mail", default="", metavar="MAIL", help="E-mail address for alerts. It can also be used to log in.")
@click.option("--role", "roles", type=ROLES, multiple=True, help="Role of the person in the team. May be repeated.")
@click.option("--external", default="", metavar="ID", help="Id of the person at an OpenID provider or a proxy.")
@click.option("--no-password", is_flag=True, help="Set no password. The person logs in through a provider or a proxy.")
@password_file_option
@records("Person who adds the account")
@format_option("text", "json")
@store_option
@pass_context
def add_cmd(
    context: Context, /, *, name: str, mail: str, roles: tuple[str, ...], external: str, no_password: bool,
    password_file: str | None, output_format: str,
) -> int:  # fmt: skip
    """Add an account for NAME. Its entries show this name. The first account of a store must be an admin.

    If the store has an account, steps for two people need two logged-in people.
    """
    known = "" if no_password else password_in(password_file)
    store = managing_store(context, is_new=True)
    password = ask_password(known, is_new=True)
    new = NewAccount(name=name, mail=mail, roles=frozenset(map(Role, roles)), password=password, external=external)
    person = add_account(store, context.wiring, new)
    if output_format == "json":
        click.echo(json.dumps(person_json(person)))
    else:
        context.say(f"{person.actor}: the account of {person.name} was added.")
        context.remark(f'Next: leakguard login "{person.name}"')
    return ExitCode.CLEAN
