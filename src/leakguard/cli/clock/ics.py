"""`leakguard clock ics`: the deadlines of an incident for a calendar."""

from __future__ import annotations

import click

from leakguard.cli.laws import laws_option
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output

_EPILOG = """\b
Examples:
  leakguard clock ics --incident IR-2026-0001 > deadlines.ics
  leakguard clock ics --incident IR-2026-0001 --facts facts.yaml -o deadlines.ics
"""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="The incident.")
@click.option("--now", metavar="TIME", help="Write the deadlines as the record stood at TIME (default: now).")
@click.option("--facts", metavar="FILE", help="Omit the duties that this facts file rules out.")
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: stdout).")
@laws_option
@store_option
@pass_context
def ics_cmd(context: Context, *, incident: str, now: str | None, facts: str | None, output: str | None) -> ExitCode:
    """Write every deadline into an iCalendar file. Deadlines that were met are marked as cancelled.

    The exit code is 4 if a deadline was missed, and 3 if the state of a clock is in doubt.
    """
    from leakguard.cli.clock.incident import asked_of, incident_statuses  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.calendar_feed import CalendarText, to_ics  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.next_commands import next_commands  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.incidents import incident_of  # noqa: PLC0415  (as above)

    stood = incident_statuses(context, asked_of(incident, now, facts))
    records = tuple(context.wiring.existing_store.read(incident))
    known = incident_of(incident, records)
    about = CalendarText(title=known.title, zone=known.zone, actions=next_commands(incident, records, stood.statuses))
    is_drill = context.wiring.settings.drill
    text = to_ics(stood.statuses, incident=incident, now=stood.now, is_drill=is_drill, about=about)
    write_text(text, output, Output.CALENDAR)
    return stood.exit_code
