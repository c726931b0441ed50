"""`leakguard scan diff`: what changed between two runs."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.scan.printing import say_not_reached
from leakguard.models.texts import counted
from leakguard.outputs.run import change_json, change_line
from leakguard.scanning.diff import Change
from leakguard.use_cases.scans.exposures import compare_runs, exit_code_of
from leakguard.use_cases.scans.runs import StoredRun, load_run

_EPILOG = """\b
Examples:
  leakguard scan diff R-20261123-aaaaaa R-20261124-bbbbbb
  leakguard scan diff R-20261123-aaaaaa R-20261124-bbbbbb --format jsonl

Kinds: re_exposed, new, moved, also_at, grown, shrunk, changed, unknown, closed, same.
Closed means that, from the same vantage, the port is closed or the server asks for a login. Anything else is unknown.
A stopped run says nothing about targets that it did not reach: the exit code is then 3, unless something is open.
"""


@click.command(epilog=_EPILOG)
@click.argument("before")
@click.argument("after")
@format_option("table", "json", "jsonl")
@store_option
@pass_context
def diff_cmd(context: Context, *, before: str, after: str, output_format: str) -> int:
    """Compare two runs: what is new, has grown, changed or moved, or is closed.

    The exit code is 1 if something is open in the later run. It is 3 if a closure is not proved, if a run was
    stopped, or if the later run could not check everything.
    """
    store = context.wiring.existing_store
    changes = compare_runs(store, before, after)
    earlier, later = load_run(store, before), load_run(store, after)
    if output_format == "json":
        left = {run.id: run.not_looked_at for run in (earlier, later)}
        document = [change_json(item) for item in changes]
        click.echo(json.dumps({"before": before, "after": after, "not_looked_at": left, "changes": document}))
    else:
        _print(context, changes, is_jsonl=output_format == "jsonl")
    if not changes:
        where = "either run" if earlier.is_whole and later.is_whole else "what the two runs looked at"
        context.notes.print(f"Nothing was open in {where}.")
    for run in {before: earlier, after: later}.values():
        _say_not_looked_at(context, run)
    return exit_code_of(changes, earlier, later)


def _say_not_looked_at(context: Context, run: StoredRun) -> None:
    say_not_reached(context, run)
    if run.is_finished and run.not_looked_at:
        were = counted(run.planned, f"{run.noun} was", f"{run.noun}s were")
        left = f"{run.not_looked_at:,} of {were} not checked or gave no clear answer"
        context.notes.print(f"Run {run.id}: {left}.")


def _print(context: Context, changes: tuple[Change, ...], *, is_jsonl: bool) -> None:
    for change in changes:
        if is_jsonl:
            click.echo(json.dumps(change_json(change)))
        else:
            context.say(change_line(change))
