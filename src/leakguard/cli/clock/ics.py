"""`leakguard clock ics`: the deadlines of an incident for a calendar."""

from __future__ import annotations

import click

from leakguard.cli.laws import laws_option
from leakguard.cli.options import Context, pass_context, store_option, write_text
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard clock ics --incident IR-2026-0001 > deadlines.ics
  leakguard clock ics --incident IR-2026-0001 --facts facts.yaml -o deadlines.ics
"""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="The incident.")
@click.option("--now", metavar="TIME", help="How it stood, as known at TIME (default: now).")
@click.option("--facts", metavar="FILE", help="Leave away the duties that this facts file rules out.")
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: stdout).")
@laws_option
@store_option
@pass_context
def ics_cmd(context: Context, *, incident: str, now: str | None, facts: str | None, output: str | None) -> ExitCode:
    """Write every deadline as an iCalendar file; what is met is cancelled in it.

    Ends with 4 when a deadline was missed.
    """
    from leakguard.cli.clock.incident import incident_standings  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.clock.printing import exit_code  # noqa: PLC0415  (as above)
    from leakguard.outputs.calendar_feed import to_ics  # noqa: PLC0415  (as above)

    moment, standings = incident_standings(context, incident, now, facts)
    text = to_ics(standings, incident=incident, now=moment, is_drill=context.wiring.settings.drill)
    write_text(text, output)
    return exit_code(standings)
