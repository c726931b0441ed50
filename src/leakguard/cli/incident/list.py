"""`leakguard incident list`: every incident of the store."""

from __future__ import annotations

import json

import click

from leakguard.cli.incident.printing import incident_line_json, moment_text
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incidents import list_incidents

_EPILOG = """\b
Examples:
  leakguard incident list
  leakguard incident list --format json
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the incidents of the store, the oldest first."""
    found = list_incidents(context.wiring.existing_store)
    if output_format == "json":
        click.echo(json.dumps({"incidents": [incident_line_json(incident) for incident in found]}))
        return ExitCode.CLEAN
    for incident in found:
        opened = moment_text(incident.opened_at, incident.zone)
        click.echo(f"{incident.id}  {incident.state.value:<6}  {opened}  {printable(incident.title, longest=80)}")
    if not found:
        context.notes.print("No incident yet. Next: leakguard incident open --finding ID")
    return ExitCode.CLEAN
