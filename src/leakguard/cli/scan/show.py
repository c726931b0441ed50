"""`leakguard scan show`: a stored run again, one finding, or the list of runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from leakguard.cli.writing import write_result
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.findings import Outcome
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.outputs.finding import finding_json, finding_lines, next_commands
from leakguard.use_cases.scans.closed_since import KnownFinding, known_finding

if TYPE_CHECKING:
    from leakguard.cli.options import Context
from collections.abc import Iterable, Iterator

import click

from leakguard.cli.options import Context, format_option, mutes_option, pass_context, store_option
from leakguard.cli.scan.printing import FORMATS, conclude_scan, mutes_of, say_not_reached
from leakguard.cli.writing import refuse_unwritable
from leakguard.outputs.run import listed_json
from leakguard.outputs.words import printable
from leakguard.use_cases.scans.closed_since import closed_since
from leakguard.use_cases.scans.runs import ListedRun, list_runs, load_run
from leakguard.use_cases.scans.scan_assets import ScanSummary


def show_finding(context: Context, identifier: str, output_format: str, output: str | None) -> ExitCode:
    """Show one finding; raises `NotFound`, and `UsageProblem` for a format that is made for runs."""
    if output_format not in {"table", "json"}:
        raise UsageProblem(
            f"one finding cannot be shown as {output_format}",
            next_step=f"Use --format table or json, or show its run: leakguard scan show RUN --format {output_format}",
        )
    known = known_finding(context.wiring.store, identifier)
    if output_format == "json":
        write_result([f"{json.dumps(finding_json(known))}\n"], output)
    else:
        if output in {None, "-"}:
            context.show(finding_lines(known))
        else:
            write_result([f"{line}\n" for line in finding_lines(known)], output)
        for command in next_commands(known):
            context.remark(f"Next: {command}")
    return _exit_code(known)


def _exit_code(known: KnownFinding) -> ExitCode:
    outcome = known.finding.verdict.outcome
    if outcome in OPEN_OUTCOMES:
        return ExitCode.CLEAN if known.closed is not None else ExitCode.EXPOSED
    return ExitCode.UNFINISHED if outcome is Outcome.INCONCLUSIVE else ExitCode.CLEAN


_EPILOG = """\b
Examples:
  leakguard scan show  # the runs of the store; also as json or jsonl
  leakguard scan show R-20261124-1a2b3c --format jsonl
  leakguard scan show R-20261124-1a2b3c --format html -o report.html
  leakguard scan show F-1a2b3c4d5e6f7089  # one finding: its run, evidence, incident, closure

Exit codes: of a run, the exit code with which it ended; of a finding, 0 once it is proved closed, 1 while it is open,
3 if that is unclear.
"""


@click.command(epilog=_EPILOG)
@click.argument("run", metavar="[RUN|FINDING]", required=False)
@mutes_option
@format_option(*FORMATS)
@click.option("-o", "--output", metavar="FILE", help="Write the result to a file.")
@store_option
@pass_context
def show_cmd(context: Context, *, run: str | None, mutes: str | None, output_format: str, output: str | None) -> int:
    """Show a stored run, with its original exit code, or one finding. Without an argument, list the runs.

    If a finding of the run was proved closed later, it is marked.
    """
    refuse_unwritable(output)
    context.wiring.need_store()
    store = context.wiring.store
    if run is None and output_format == "table" and output in {None, "-"}:
        context.show(printable(list_run.line) for list_run in list_runs(store))
        return ExitCode.CLEAN
    if run is None:
        write_result(_listed(list_runs(store), output_format), output)
        return ExitCode.CLEAN
    if run.startswith("F-"):
        from leakguard.cli.scan.show import show_finding  # noqa: PLC0415  (`--help` must not load it)

        return show_finding(context, run, output_format, output)
    read = mutes_of(context, mutes)
    found = load_run(store, run)
    summary = ScanSummary(
        run=run, counts=found.counts, findings=found.findings, is_interrupted=not found.is_finished, noun=found.noun,
        unresolved=found.unresolved, left_out=found.left_out, reasons=found.reasons, unsettled=found.unsettled,
        pace=found.pace, leave=found.leave, industrial=found.industrial, ports_left_out=found.ports_left_out,
    )  # fmt: skip
    closed = closed_since(store, found.findings.glances())
    code = conclude_scan(context, summary, output_format, output, mutes=read, closed=closed)
    say_not_reached(context, found)
    return code


def _listed(runs: Iterable[ListedRun], output_format: str) -> Iterator[str]:
    """The list of runs; raises `UsageProblem` for a format that is made for findings."""
    if output_format == "table":
        return (f"{printable(run.line)}\n" for run in runs)
    if output_format == "jsonl":
        return (f"{json.dumps(listed_json(run))}\n" for run in runs)
    if output_format == "json":
        return iter([json.dumps({"schema": "leakguard.runs/1", "runs": [listed_json(run) for run in runs]}) + "\n"])
    raise UsageProblem(
        f"the list of runs cannot be shown as {output_format}",
        next_step="Name a run, or use --format table, json or jsonl.",
    )
