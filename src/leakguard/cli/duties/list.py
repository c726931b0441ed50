"""`leakguard duties list`: every duty, one a line."""

from __future__ import annotations

import json

import click
from rich.table import Table

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.notices.duties import Duty
from leakguard.use_cases.letters.look_up_duties import pick_duties

_EPILOG = """\b
Examples:
  leakguard duties list
  leakguard duties list --jurisdiction Japan
  leakguard duties list --status not_in_force --format json
"""
_HEADINGS = ("ID", "JURISDICTION", "STATUS", "TO", "LAW", "CONFIDENCE")


@click.command(epilog=_EPILOG)
@click.option("--jurisdiction", metavar="NAME", help="As the list names it, or the beginning of it.")
@click.option("--status", type=click.Choice(["in_force", "not_in_force", "proposed", "voluntary"]), help="Only these.")
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, jurisdiction: str | None, status: str | None, output_format: str) -> int:
    """List the duties: those that ship and the organisation's own."""
    duties = pick_duties(context.wiring.duties(), jurisdiction=jurisdiction, status=status)
    if output_format == "json":
        click.echo(json.dumps({"duties": [_row(duty) for duty in duties]}))
        return ExitCode.CLEAN
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold", no_wrap=heading == "ID")
    for duty in duties:
        table.add_row(duty.id, duty.jurisdiction, duty.status, duty.recipient.type, duty.law, duty.confidence)
    context.console.print(table)
    return ExitCode.CLEAN


def _row(duty: Duty) -> dict[str, object]:
    return {
        "id": duty.id,
        "jurisdiction": duty.jurisdiction,
        "law": duty.law,
        "article": duty.article,
        "status": duty.status,
        "in_force_from": duty.in_force_from and duty.in_force_from.isoformat(),
        "in_force_to": duty.in_force_to and duty.in_force_to.isoformat(),
        "recipient": {"type": duty.recipient.type, "name": duty.recipient.name},
        "soft": duty.soft,
        "source_kind": duty.source_kind,
        "verified_on": duty.verified_on.isoformat(),
        "confidence": duty.confidence,
    }
