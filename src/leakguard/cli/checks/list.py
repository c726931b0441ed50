"""`leakguard checks list`: every check, one a line."""

from __future__ import annotations

import json

import click
from rich.table import Table

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard checks list
  leakguard checks list --format json
"""
_HEADINGS = ("ID", "DATASTORE", "LIFECYCLE", "PORTS", "TITLE")


@click.command(epilog=_EPILOG)
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the checks and the ports that they try."""
    checks = context.wiring.checks
    if output_format == "json":
        rows = [
            {"id": each.id, "version": each.version, "datastore": each.datastore, "lifecycle": each.lifecycle,
             "title": each.title, "ports": list(each.probe.ports)}
            for each in checks
        ]  # fmt: skip
        click.echo(json.dumps({"checks": rows}))
        return ExitCode.CLEAN
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold")
    for each in checks:
        table.add_row(each.id, each.datastore, each.lifecycle, ", ".join(map(str, each.probe.ports)), each.title)
    context.console.print(table)
    return ExitCode.CLEAN
