"""`leakguard duties list`: every duty, one a line."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from rich.table import Table

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.notices.duties import Duty
from leakguard.outputs.table import WIDE
from leakguard.use_cases.letters.look_up_duties import pick_duties

_EPILOG = """\b
Examples:
  leakguard duties list
  leakguard duties list --jurisdiction Japan
  leakguard duties list --status not_in_force --format json
"""
_WIDE_COLUMNS = (("ID",), ("JURISDICTION",), ("STATUS",), ("TO",), ("LAW",), ("CONFIDENCE",))
_NARROW_COLUMNS = (("ID", "LAW"), ("JURISDICTION", "TO"), ("STATUS", "CONFIDENCE"))
"""Two facts share a column, one above the other: six columns break every word of a terminal of 80."""


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
    context.console.print(_table(duties, width=context.console.width))
    return ExitCode.CLEAN


def _table(duties: Sequence[Duty], *, width: int) -> Table:
    columns = _WIDE_COLUMNS if width >= WIDE else _NARROW_COLUMNS
    table = Table(box=None, pad_edge=False, header_style="bold")
    for parts in columns:
        longest = max((len(duty.id) for duty in duties), default=0) if "ID" in parts else None
        table.add_column("\n".join(parts), overflow="fold", min_width=longest)
    for duty in duties:
        cells = {
            "ID": duty.id, "JURISDICTION": duty.jurisdiction, "STATUS": duty.status, "TO": duty.recipient.type,
            "LAW": duty.law, "CONFIDENCE": duty.confidence,
        }  # fmt: skip
        table.add_row(*("\n".join(cells[part] for part in parts) for parts in columns))
    return table


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
