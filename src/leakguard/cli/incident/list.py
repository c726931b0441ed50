"""`leakguard incident list`: every incident of the store."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.incident import incident_line_json, incidents_table
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
    """List the incidents of the store, the open ones first, and of these the oldest first."""
    found = list_incidents(context.wiring.existing_store)
    if output_format == "json":
        click.echo(json.dumps({"incidents": [incident_line_json(incident) for incident in found]}))
        return ExitCode.CLEAN
    if found:
        context.console.print(incidents_table(found))
    else:
        context.notes.print("No incident yet. Next: leakguard incident open --finding ID")
    return ExitCode.CLEAN
