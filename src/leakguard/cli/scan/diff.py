"""`leakguard scan diff`: what changed between two runs."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.scanning.diff import Change, ChangeKind, diff_runs
from leakguard.use_cases.runs import load_run

_EPILOG = """\b
Examples:
  leakguard scan diff R-20261123-aaaaaa R-20261124-bbbbbb
  leakguard scan diff R-20261123-aaaaaa R-20261124-bbbbbb --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("before")
@click.argument("after")
@format_option("table", "json")
@store_option
@pass_context
def diff_cmd(context: Context, *, before: str, after: str, output_format: str) -> int:
    """Compare two runs: new, grown, shrunk, closed, unknown. Exit 1 when something is open in the later one."""
    store = context.wiring.existing_store
    old, new = load_run(store, before), load_run(store, after)
    changes = diff_runs(old.findings, new.findings, closed=new.closed)
    if output_format == "json":
        click.echo(json.dumps({"before": before, "after": after, "changes": [_as_json(item) for item in changes]}))
    else:
        for line in map(_as_line, changes):
            click.echo(line)
        if not changes:
            context.notes.print("Nothing was open in either run.")
    still = {ChangeKind.NEW, ChangeKind.GROWN, ChangeKind.SHRUNK, ChangeKind.SAME}
    return ExitCode.EXPOSED if any(item.kind in still for item in changes) else ExitCode.CLEAN


def _as_json(change: Change) -> dict[str, object]:
    return {
        "change": change.kind.value,
        "check_id": change.check_id,
        "target": change.target,
        "records_grown": change.records_grown,
        "bytes_grown": change.bytes_grown,
        "before": change.before.id if change.before else None,
        "after": change.after.id if change.after else None,
    }


def _as_line(change: Change) -> str:
    from leakguard.outputs.words import byte_words, count_words, printable  # noqa: PLC0415  (`--help` must not load it)

    grown = []
    if change.records_grown:
        grown.append(f"{'+' if change.records_grown > 0 else '-'}{count_words(abs(change.records_grown))} records")
    if change.bytes_grown:
        grown.append(f"{'+' if change.bytes_grown > 0 else '-'}{byte_words(abs(change.bytes_grown))}")
    return f"{change.kind.value:<8} {printable(change.target)}  {change.check_id}  {', '.join(grown)}".rstrip()
