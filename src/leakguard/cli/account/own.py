"""`leakguard account password` and `totp`: what everybody changes for themselves."""

from __future__ import annotations

import click

from leakguard.accounts.totp import totp_link
from leakguard.cli.account.managing import need_caller
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.secrets import ask_code, ask_password, password_in
from leakguard.errors import ExitCode, UsageProblem
from leakguard.use_cases.accounts.log_in import begin_totp, change_password, take_totp

_EPILOG = """\b
Examples:
  leakguard account password
  leakguard account password --password-file old.txt --new-password-file new.txt

Exit codes: 0 changed, 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.option("--password-file", metavar="FILE", help="Read the current password from FILE. `-` is stdin.")
@click.option("--new-password-file", metavar="FILE", help="Read the new password from FILE.")
@store_option
@pass_context
def password_cmd(context: Context, *, password_file: str | None, new_password_file: str | None) -> int:
    """Change your password. Every session of your account ends, including this one."""
    known, wanted = password_in(password_file), password_in(new_password_file)
    store, caller = need_caller(context)
    old = ask_password(known, what="Present password")
    new = ask_password(wanted, what="New password", is_new=True)
    change_password(store, context.wiring, caller, old=old, new=new)
    context.wiring.session_file().forget()
    context.say("The password is changed, and every session has ended.")
    context.remark("Next: leakguard login NAME")
    return ExitCode.CLEAN


_TOTP_EPILOG = """\b
Examples:
  leakguard account totp

Exit codes: 0 set up, 2 refused.
"""


@click.command(epilog=_TOTP_EPILOG)
@store_option
@pass_context
def totp_cmd(context: Context) -> int:
    """Set up a second factor: from then on, each login asks for six digits that an app on a phone shows.

    The secret for the app is shown once. It takes effect when you type the first code of the app.
    """
    store, caller = need_caller(context)
    secret = begin_totp(context.wiring)
    click.echo(f"Secret for the app: {secret}", err=True)
    click.echo(f"The same as a link: {totp_link(secret, caller.name)}", err=True)
    code = ask_code()
    if not code:
        raise UsageProblem(
            "nobody typed a code, so nothing was changed",
            next_step="Run it in a terminal, and type what the app shows.",
        )
    take_totp(store, context.wiring, caller, secret=secret, code=code)
    context.say("The second factor is set.")
    return ExitCode.CLEAN
