"""`leakguard incident show`: one incident as it stands."""

from __future__ import annotations

import json

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.incident.printing import event_notes, incident_json, interval_text, moment_text
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.models.incidents import Incident
from leakguard.outputs.words import printable
from leakguard.use_cases.cases.incidents import load_incident, superseded

_EPILOG = """\b
Examples:
  leakguard incident show IR-2026-0001
  leakguard incident show IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@format_option("text", "json")
@store_option
@pass_context
def show_cmd(context: Context, *, incident: str, output_format: str) -> int:
    """Show an incident: its state, its findings, and its events in the order in which they were recorded."""
    found = load_incident(context.wiring.existing_store, incident)
    if output_format == "json":
        click.echo(json.dumps(doubted(context, incident_json(found))))
    else:
        _tell(found)
    return ExitCode.CLEAN


def _tell(found: Incident) -> None:
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
