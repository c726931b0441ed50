"""`leakguard account recover`."""

from __future__ import annotations

import click

from leakguard.cli.account.managing import managing_store
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.secrets import ask_password, password_file_option, password_in
from leakguard.errors import ExitCode
from leakguard.use_cases.accounts.manage_accounts import recover_account

_EPILOG = """\b
Examples:
  leakguard account recover "Li Wei" --reason "lost the phone"

Exit codes: 0 recovered, 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.argument("name")
@click.option("--reason", required=True, metavar="TEXT", help="Why. The reason is kept in the ledger.")
@password_file_option
@records("Person who recovers the account")
@store_option
@pass_context
def recover_cmd(context: Context, *, name: str, reason: str, password_file: str | None) -> int:
    """Set a new password for the account NAME. Its second factor, passkeys and sessions are removed.

    This needs an admin. If no admin can log in any more, a person with write access to the file of the store can do
    it, and the entry records that nobody was authenticated. Afterwards, the person of the account changes the
    password: `leakguard account password`.
    """
    known = password_in(password_file)
    store = managing_store(context, may_be_nobody=True)
    password = ask_password(known, is_new=True)
    person = recover_account(store, context.wiring, name, password=password, reason=reason)
    context.say(f"The account of {person.name} has a new password, and no second factor.")
    if context.wiring.caller is None:
        context.warn("Nobody was logged in: the record says that this was not authenticated.")
    context.remark("Next: the person takes their own: leakguard account password")
    return ExitCode.CLEAN
