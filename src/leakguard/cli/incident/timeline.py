"""`leakguard incident timeline`: the story in the order in which it happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from leakguard.cli.incident.printing import event_json, event_notes, interval_text, moment_text
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents import load_incident
from leakguard.use_cases.timelines import TimelineLine, timeline

if TYPE_CHECKING:
    from rich.table import Table

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
    """Tell the story in the order in which it happened, with the time at which each thing was recorded.

    What was superseded stays in its place and says by what; steps of the playbook stand among the events.
    """
    store = context.wiring.existing_store
    zone = load_incident(store, incident).zone
    lines = timeline(store, incident)
    if output_format == "json":
        click.echo(json.dumps({"incident": incident, "zone": zone, "lines": [_as_json(line, zone) for line in lines]}))
    else:
        context.console.print(_table(lines, zone))
    return ExitCode.CLEAN


def _as_json(line: TimelineLine, zone: str) -> dict[str, object]:
    return {**event_json(line.event, zone=zone, superseded_by=line.superseded_by), "is_step": line.is_step}


def _table(lines: tuple[TimelineLine, ...], zone: str) -> Table:
    from rich.table import Table  # noqa: PLC0415  (`--help` must not load it)
    from rich.text import Text  # noqa: PLC0415  (as above)

    table = Table("happened", "what", "recorded", "id", "details", box=None, pad_edge=False)
    for line in lines:
        event = line.event
        style = "strike" if line.superseded_by else ""
        cells = (
            interval_text(event.occurred_at, zone),
            printable(event.kind),
            moment_text(event.recorded_at, zone),
            event.id,
            event_notes(event, line.superseded_by),
        )
        table.add_row(*(Text(cell) for cell in cells), style=style)
    return table
