"""`leakguard evidence list`: the entries of the ledger without their content, or the items of evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode, NotFound
from leakguard.ledger.custody import item_to_json
from leakguard.ledger.entries import Entry
from leakguard.outputs.evidence import custody_lines, item_line
from leakguard.outputs.words import printable
from leakguard.use_cases.proofs.evidence import entry_to_json
from leakguard.use_cases.proofs.evidence_items import list_items

_EPILOG = """\b
Examples:
  leakguard evidence list
  leakguard evidence list --subject IR-2026-0001
  leakguard evidence list --items
  leakguard evidence list --incident IR-2026-0001 --format json
  leakguard evidence list --format jsonl > ledger.jsonl
"""


@click.command(epilog=_EPILOG)
@click.option("--subject", metavar="ID", help="Only the entries of this incident or scan run.")
@click.option("--items", is_flag=True, help="List the items of evidence instead, each with its custody.")
@click.option("--incident", metavar="ID", help="List the items of evidence of this incident.")
@format_option("text", "json", "jsonl")
@store_option
@pass_context
def list_cmd(context: Context, *, subject: str | None, items: bool, incident: str | None, output_format: str) -> int:
    """List the entries of the ledger: number, time, incident or run, kind, and hash."""
    if items or incident:
        _items(context, incident, output_format)
        return ExitCode.CLEAN
    entries = _entries(context, subject)
    if output_format == "json":
        click.echo(json.dumps({"entries": [entry_to_json(entry) for entry in entries]}))
        return ExitCode.CLEAN
    for entry in entries:
        if output_format == "jsonl":
            click.echo(json.dumps(entry_to_json(entry)))
        else:
            cells = (entry.recorded_at, entry.subject, entry.kind, entry.hash[:16])
            context.say(f"{entry.sequence:>6}  " + "  ".join(printable(str(cell)) for cell in cells))
    return ExitCode.CLEAN


def _entries(context: Context, subject: str | None) -> Iterator[Entry]:
    """All entries, or those of `subject`; raises `NotFound` where nothing is about it: a wrong id is no empty list."""
    entries = context.wiring.existing_store.entries(subject)
    if subject is None:
        return entries
    first = next(entries, None)
    if first is None:
        raise NotFound(
            f"no entry is about `{printable(subject[:60])}`", next_step="See whose they are: leakguard evidence list"
        )
    return chain((first,), entries)


def _items(context: Context, incident: str | None, output_format: str) -> None:
    found, holds = list_items(context.wiring.existing_store, incident)
    if output_format == "json":
        document = {"items": [item_to_json(item, holds) for item in found], "held": sorted(holds.subjects)}
        click.echo(json.dumps(document))
        return
    for item in found:
        if output_format == "jsonl":
            click.echo(json.dumps(item_to_json(item, holds)))
        else:
            context.say(item_line(item, holds))
            context.show(custody_lines(item))
