"""`leakguard login`, `logout` and `whoami`: tie this command line to an account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from leakguard.accounts.two_people import needs_accounts
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.secrets import ask_code, ask_password, password_file_option, password_in
from leakguard.errors import CodeNeeded, ExitCode, NotFound

if TYPE_CHECKING:
    from leakguard.use_cases.accounts.log_in import LoggedIn

_EPILOG = """\b
Examples:
  leakguard login "Anna Berg"
  leakguard login anna@example.edu --password-file /run/secrets/anna
  LEAKGUARD_TOKEN=lg_... leakguard incident list  # a token needs no login

Exit codes: 0 logged in, 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.argument("name")
@password_file_option
@click.option("--code", default="", metavar="CODE", help="Code of the second factor. It works once.")
@store_option
@pass_context
def login_cmd(context: Context, *, name: str, password_file: str | None, code: str) -> int:
    """Log in as NAME, the name or e-mail address of an account. Entries are then recorded under that account.

    Only this operating system user can use the session. It ends after 12 hours without use, and after 7 days at the
    latest.
    """
    wiring = context.wiring
    wiring.given = None
    known = password_in(password_file)
    store = wiring.existing_store
    if not needs_accounts(store):
        raise NotFound(
            "this store has no accounts, so nobody can log in",
            next_step="Add the first one: leakguard account add NAME --role admin",
        )
    password = ask_password(known)
    try:
        found = _log_in(context, name, password, code)
    except CodeNeeded:
        typed = ask_code()
        if not typed:
            raise
        found = _log_in(context, name, password, typed)
    before = wiring.session_file().read()
    wiring.session_file().write(found.secret)
    if before:
        from leakguard.use_cases.accounts.log_in import log_out  # noqa: PLC0415  (`--help` must not load it)

        log_out(store, before, wiring.now())
    context.say(f"Logged in as {found.caller.name}, until {found.expires_at:%Y-%m-%d %H:%M} UTC at the latest.")
    return ExitCode.CLEAN


def _log_in(context: Context, name: str, password: str, code: str) -> LoggedIn:
    from leakguard.accounts.sessions import Kind  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.accounts.log_in import log_in  # noqa: PLC0415  (as above)

    return log_in(context.wiring.existing_store, context.wiring, name, password, code, kind=Kind.CLI)


_LOGOUT_EPILOG = """\b
Examples:
  leakguard logout

Exit codes: 0 logged out.
"""


@click.command(epilog=_LOGOUT_EPILOG)
@store_option
@pass_context
def logout_cmd(context: Context) -> int:
    """Log out: the session ends at once, also for a copy of it."""
    from leakguard.use_cases.accounts.log_in import log_out  # noqa: PLC0415  (`--help` must not load it)

    wiring = context.wiring
    file = wiring.session_file()
    secret, wiring.given = file.read(), None
    store = wiring.store_if_any
    if secret and store is not None:
        log_out(store, secret, wiring.now())
    file.forget()
    context.say("Logged out." if secret else "Nobody was logged in.")
    return ExitCode.CLEAN


_WHOAMI_EPILOG = """\b
Examples:
  leakguard whoami
  leakguard whoami --format json

Exit codes: 0 shown, 2 the session or the token has expired.
"""


@click.command(epilog=_WHOAMI_EPILOG)
@format_option("text", "json")
@store_option
@pass_context
def whoami_cmd(context: Context, *, output_format: str) -> int:
    """Show under which account or name entries are recorded, how it is known, its roles and rights."""
    from leakguard.outputs.accounts import caller_json, caller_lines, recorder_json  # noqa: PLC0415  (`--help` must not load it)

    recorder, caller = context.wiring.recorder, context.wiring.caller
    if output_format == "json":
        click.echo(json.dumps(caller_json(caller) if caller is not None else recorder_json(recorder)))
    elif caller is not None:
        context.show(caller_lines(caller))
    else:
        context.say(f"{recorder.name} (user of the operating system), not authenticated.")
        context.remark("Next: leakguard login NAME")
    return ExitCode.CLEAN
