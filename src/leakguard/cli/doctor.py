"""`leakguard doctor`: checks this installation, and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode, LeakGuardError

if TYPE_CHECKING:
    from leakguard.use_cases.doctor.installation import Installation

_EPILOG = """\b
Examples:
  leakguard doctor
  leakguard doctor --format json

Exit codes: 0 no problem; 1 there is a problem; 3 there is no problem, but a part could not be checked. The command
sends nothing, changes nothing and creates no store.
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@store_option
@pass_context
def doctor_cmd(context: Context, *, output_format: str) -> ExitCode:
    """Check Python, libraries, fonts, system clock, settings, store, scope, channels, watchman and rights of files.

    Each line says what was found, and what to do about a problem.
    """
    from leakguard.outputs.doctor_report import checkup_json, checkup_lines  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.doctor.checkup import check_up  # noqa: PLC0415  (as above)
    from leakguard.use_cases.doctor.installation import installation_checks  # noqa: PLC0415  (as above)
    from leakguard.use_cases.doctor.machine import machine_checks  # noqa: PLC0415  (as above)
    from leakguard.wiring.doctor import ThisMachine  # noqa: PLC0415  (as above)

    checkup = check_up({**machine_checks(ThisMachine()), **installation_checks(_installation(context))})
    if output_format == "json":
        click.echo(checkup_json(checkup))
    else:
        context.show(checkup_lines(checkup))
    return checkup.exit_code


def _installation(context: Context) -> Installation | LeakGuardError:
    """What the settings lead to, or why they cannot be used."""
    from leakguard.wiring.doctor import ThisInstallation  # noqa: PLC0415  (`--help` must not load it)

    try:
        wiring = context.wiring
    except LeakGuardError as error:
        return error
    wiring.on_open = lambda _: None  # what a warning would say is an answer here
    return ThisInstallation(wiring)
