"""`leakguard incident show`: one incident as it stands."""

from __future__ import annotations

import json

import click

from leakguard.cli.clock_warning import contradicted, doubted, warn_of_contradiction
from leakguard.cli.incident.printing import event_notes, incident_json, interval_text, moment_text
from leakguard.cli.laws import laws_option, reach_of
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.clocks.standing import Standing
from leakguard.errors import ExitCode
from leakguard.models.incidents import Incident, IncidentState
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incidents import load_incident, superseded

_EPILOG = """\b
Examples:
  leakguard incident show IR-2026-0001
  leakguard incident show IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def show_cmd(context: Context, *, incident: str, output_format: str) -> int:
    """Show an incident: its state, its findings, its events as recorded, and what runs on after closing."""
    found = load_incident(context.wiring.existing_store, incident)
    running = _running(context, found)
    warn_of_contradiction(context, contradicted(context, found.id))
    if output_format == "json":
        also = {"still_running": [one.id for one in running]} if running else {}
        click.echo(json.dumps(doubted(context, incident_json(found) | also)))
    else:
        _tell(context, found, running)
    return ExitCode.CLEAN


def _running(context: Context, found: Incident) -> tuple[Standing, ...]:
    """What runs on although the incident is closed; nothing is read for one that is open."""
    if found.state is not IncidentState.CLOSED:
        return ()
    from leakguard.cli.incident.closing import running_of  # noqa: PLC0415  (loads the duties, for closed ones alone)

    return running_of(context, found.id, reach_of(context))


def _tell(context: Context, found: Incident, running: tuple[Standing, ...]) -> None:
    gone = superseded(found.events)
    click.echo(f"{found.id}  {found.state.value}  {printable(found.title)}")
    click.echo(f"opened    {moment_text(found.opened_at, found.zone)}")
    click.echo(f"findings  {', '.join(printable(finding) for finding in found.findings) or '-'}")
    click.echo(f"events    {len(found.events)}, of which {len(gone)} superseded")
    for event in found.events:
        click.echo(f"  {event.id}  {event.kind}  {interval_text(event.occurred_at, found.zone)}")
        notes = event_notes(event, gone.get(event.id))
        if notes:
            click.echo(f"      {notes}")
    if found.state is not IncidentState.CLOSED:
        context.remark(f"Next: leakguard incident close {found.id} --dry-run")
    elif running:
        from leakguard.cli.incident.closing import running_lines  # noqa: PLC0415  (as above)

        for line in running_lines(running, found.id, found.zone):
            click.echo(context.repeating(line))
