"""`leakguard incident timeline`: the story in the order in which it happened."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import NAMES_NOTE
from leakguard.errors import ExitCode
from leakguard.outputs.incident import timeline_json, timeline_lines
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.timelines import timeline

_EPILOG = """\b
Examples:
  leakguard incident timeline IR-2026-0001
  leakguard incident timeline IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@format_option("text", "json")
@store_option
@pass_context
def timeline_cmd(context: Context, *, incident: str, output_format: str) -> int:
    """List what happened, in order of time, and how much later each event was recorded.

    An event that was replaced stays in the list and names the event that replaced it. Steps of the playbook are
    listed among the events.
    """
    store = context.wiring.existing_store
    zone = load_incident(store, incident).zone
    lines = timeline(store, incident)
    if output_format == "json":
        document = [timeline_json(line, zone) for line in lines]
        click.echo(json.dumps({"incident": incident, "zone": zone, "lines": document, "names": NAMES_NOTE}))
    else:
        context.show(timeline_lines(incident, zone, lines))
        context.notes.print(NAMES_NOTE, soft_wrap=True)
    return ExitCode.CLEAN
