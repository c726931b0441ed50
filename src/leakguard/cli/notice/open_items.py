"""`leakguard notice open-items`: what was promised and not told yet."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.incident import moment_text
from leakguard.outputs.notice import open_item_json
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.letters.file_notices import open_items_of

_EPILOG = """\b
Examples:
  leakguard notice open-items IR-2026-0001
  leakguard notice open-items IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@format_option("text", "json")
@store_option
@pass_context
def open_items_cmd(context: Context, *, incident: str, output_format: str) -> int:
    """List the items that notices about INCIDENT left to be determined and no later notice provided."""
    store = context.wiring.existing_store
    zone = load_incident(store, incident).zone
    found = open_items_of(store, incident)
    if output_format == "json":
        click.echo(json.dumps({"incident": incident, "open_items": [open_item_json(item) for item in found]}))
        return ExitCode.CLEAN
    for item in found:
        since = moment_text(item.promised_at, zone)
        words = f"{item.duty}  {item.item}  promised in {item.stage} ({item.event})"
        context.say(f"{printable(words, longest=200)}  {since}")
    if not found:
        context.notes.print("Nothing was promised that is not told yet.")
    return ExitCode.CLEAN
