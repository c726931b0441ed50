"""`leakguard checks list`: every check, one a line."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from rich.table import Table

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard checks list
  leakguard checks list --format json
  leakguard checks list --aws
"""
_HEADINGS = ("ID", "DATASTORE", "LIFECYCLE", "PORTS", "TITLE")


@click.command(epilog=_EPILOG)
@click.option("--aws", is_flag=True, help="Those that judge the settings of your own AWS accounts.")
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, aws: bool, output_format: str) -> int:
    """List the checks and the ports that they try."""
    if aws:
        return _list_owned(context, is_json=output_format == "json")
    checks = context.wiring.checks
    if output_format == "json":
        rows = [
            {"id": each.id, "version": each.version, "datastore": each.datastore, "lifecycle": each.lifecycle,
             "title": each.title, "ports": list(each.probe.ports)}
            for each in checks
        ]  # fmt: skip
        click.echo(json.dumps({"checks": rows}))
        return ExitCode.CLEAN
    rows_of = [
        (each.id, each.datastore, each.lifecycle, ", ".join(map(str, each.probe.ports)), each.title) for each in checks
    ]
    _print(context, _HEADINGS, rows_of)
    return ExitCode.CLEAN


def _list_owned(context: Context, *, is_json: bool) -> ExitCode:
    checks = context.wiring.cloud_checks
    names = ("id", "datastore", "lifecycle", "resource", "title")
    if is_json:
        rows = [{name: getattr(each, name) for name in names} | {"version": each.version} for each in checks]
        click.echo(json.dumps({"checks": rows}))
    else:
        rows_of = [tuple(str(getattr(each, name)) for name in names) for each in checks]
        _print(context, tuple(name.upper() for name in names), rows_of)
    return ExitCode.CLEAN


def _print(context: Context, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    context.console.print(table)
