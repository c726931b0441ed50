"""How the scan commands print: one result, several formats."""

from __future__ import annotations

from pathlib import Path

import click

from leakguard.cli.options import Context
from leakguard.errors import ExitCode, UsageProblem
from leakguard.use_cases.scan_assets import ScanSummary

FORMATS = ("table", "jsonl", "json")


def print_scan(context: Context, summary: ScanSummary, output_format: str, output: str | None) -> None:
    """Print the findings to stdout, or write them to `output`; the sum goes to stderr."""
    from leakguard.outputs.json_text import findings_jsonl, scan_json  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.table import counts_line, findings_table  # noqa: PLC0415  (as above)

    if output_format == "jsonl":
        _write(findings_jsonl(summary.findings), output)
    elif output_format == "json":
        text = scan_json(summary.run, summary.counts, summary.findings, interrupted=summary.is_interrupted)
        _write(text, output)
    elif output:
        _write(context.as_text(findings_table(summary.findings)), output)
    elif summary.findings:
        context.console.print(findings_table(summary.findings, width=context.console.width))
    context.notes.print(f"Run {summary.run}: {counts_line(summary.counts)}", markup=False)
    if summary.unresolved:
        names = ", ".join(summary.unresolved)
        context.notes.print(f"Not looked at, since the name has no address: {names}", markup=False)


def exit_code(summary: ScanSummary) -> ExitCode:
    """Exposed beats could-not-finish beats clean."""
    if summary.is_exposed:
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if summary.is_unfinished else ExitCode.CLEAN


def _write(text: str, output: str | None) -> None:
    if output is None or output == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageProblem(
            f"{output} cannot be written: {error.strerror}",
            next_step="Nothing is lost: the run is stored; show it again with `leakguard scan show RUN -o FILE`.",
        ) from error
