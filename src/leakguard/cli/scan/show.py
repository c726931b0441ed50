"""`leakguard scan show`: a stored run again, or the list of runs."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, format_option, mutes_option, pass_context, refuse_unwritable, store_option
from leakguard.cli.scan.muting import mutes_of
from leakguard.cli.scan.printing import FORMATS, conclude_scan, say_not_reached
from leakguard.errors import ExitCode
from leakguard.use_cases.scans.runs import list_runs, load_run
from leakguard.use_cases.scans.scan_assets import ScanSummary

_EPILOG = """\b
Examples:
  leakguard scan show                      the runs of the store
  leakguard scan show R-20261124-1a2b3c --format jsonl
  leakguard scan show R-20261124-1a2b3c --format html -o report.html
"""


@click.command(epilog=_EPILOG)
@click.argument("run", required=False)
@mutes_option
@format_option(*FORMATS)
@click.option("-o", "--output", metavar="FILE", help="Write the result to a file.")
@store_option
@pass_context
def show_cmd(context: Context, *, run: str | None, mutes: str | None, output_format: str, output: str | None) -> int:
    """Show a stored run, with the exit code that it had; without RUN list the runs."""
    refuse_unwritable(output)
    store = context.wiring.existing_store
    if run is None:
        from leakguard.outputs.words import printable  # noqa: PLC0415  (`--help` must not load it)

        for line in list_runs(store):
            click.echo(printable(line))
        return ExitCode.CLEAN
    read = mutes_of(context, mutes)
    found = load_run(store, run)
    summary = ScanSummary(
        run=run, counts=found.counts, findings=found.findings, is_interrupted=not found.is_finished, noun=found.noun,
        unresolved=found.unresolved, left_out=found.left_out, reasons=found.reasons,
    )  # fmt: skip
    code = conclude_scan(context, summary, output_format, output, mutes=read)
    say_not_reached(context, found)
    return code
