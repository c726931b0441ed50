"""`leakguard scan diff`: what changed between two runs."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.scan.printing import say_not_reached
from leakguard.errors import ExitCode
from leakguard.scanning.diff import STILL, Change
from leakguard.use_cases.scans.runs import load_run
from leakguard.use_cases.watches.exposures import compare_runs

_EPILOG = """\b
Examples:
  leakguard scan diff R-20261123-aaaaaa R-20261124-bbbbbb
  leakguard scan diff R-20261123-aaaaaa R-20261124-bbbbbb --format jsonl

\b
Kinds: re_exposed, new, moved, also_at, grown, shrunk, changed, unknown, closed, same.
Closed means that the port is closed or a login is asked for, from the same vantage; everything else is unknown.
"""


@click.command(epilog=_EPILOG)
@click.argument("before")
@click.argument("after")
@format_option("table", "json", "jsonl")
@store_option
@pass_context
def diff_cmd(context: Context, *, before: str, after: str, output_format: str) -> int:
    """Compare two runs: what is new, grown, changed, moved, closed. Exit 1 when something is open in the later one."""
    changes = compare_runs(context.wiring.existing_store, before, after)
    if output_format == "json":
        click.echo(json.dumps({"before": before, "after": after, "changes": [_as_json(item) for item in changes]}))
    else:
        _print(context, changes, is_jsonl=output_format == "jsonl")
    for run in (before, after):
        say_not_reached(context, load_run(context.wiring.existing_store, run))
    return ExitCode.EXPOSED if any(item.kind in STILL for item in changes) else ExitCode.CLEAN


def _print(context: Context, changes: tuple[Change, ...], *, is_jsonl: bool) -> None:
    from leakguard.cli.scan.changes import change_line  # noqa: PLC0415  (`--help` must not load it)

    for change in changes:
        click.echo(json.dumps(_as_json(change)) if is_jsonl else change_line(change))
    if not changes:
        context.notes.print("Nothing was open in either run.")


def _as_json(change: Change) -> dict[str, object]:
    from leakguard.use_cases.watches.watch_changes import change_fields  # noqa: PLC0415  (`--help` must not load it)

    return {"schema": "leakguard.change/1", **change_fields(change)}
