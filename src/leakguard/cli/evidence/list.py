"""`leakguard evidence list`: the entries of the ledger, without their content."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable
from leakguard.use_cases.evidence import entry_to_json

_EPILOG = """\b
Examples:
  leakguard evidence list
  leakguard evidence list --subject IR-2026-0001
  leakguard evidence list --format jsonl > ledger.jsonl
"""


@click.command(epilog=_EPILOG)
@click.option("--subject", metavar="ID", help="Only the entries of this incident or scan run.")
@format_option("text", "json", "jsonl")
@store_option
@pass_context
def list_cmd(context: Context, *, subject: str | None, output_format: str) -> int:
    """List the entries: number, when recorded, whose, what kind, and the hash that the next one names."""
    entries = context.wiring.existing_store.entries(subject)
    if output_format == "json":
        click.echo(json.dumps({"entries": [entry_to_json(entry) for entry in entries]}))
        return ExitCode.CLEAN
    for entry in entries:
        if output_format == "jsonl":
            click.echo(json.dumps(entry_to_json(entry)))
        else:
            cells = (entry.recorded_at, entry.subject, entry.kind, entry.hash[:16])
            click.echo(f"{entry.sequence:>6}  " + "  ".join(printable(str(cell)) for cell in cells))
    return ExitCode.CLEAN
