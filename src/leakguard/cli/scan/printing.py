"""How the scan commands print: one result, several formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context
from leakguard.cli.writing import write_result
from leakguard.errors import ExitCode, FileLost, UsageProblem
from leakguard.models.texts import counted
from leakguard.outputs.run import reopened_json, reopened_lines
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.scans.runs import StoredRun
from leakguard.use_cases.scans.scan_assets import RESOURCE, ScanSummary

if TYPE_CHECKING:
    from leakguard.models.findings import Finding
    from leakguard.scanning.mutes import MuteList
    from leakguard.use_cases.fleets.fleet_tools import FleetSummary
    from leakguard.use_cases.incidents.recorded_closures import RecordedClosure

    Reopened = tuple[RecordedClosure, Finding]


OWN_FORMATS = ("table", "jsonl", "json")
FORMATS = (*OWN_FORMATS, "sarif", "ocsf", "csv", "md", "html")


def conclude_scan(
    context: Context, summary: ScanSummary, output_format: str, output: str | None, *, mutes: MuteList | None
) -> ExitCode:
    """Print the result as `print_scan` does, without what the owner muted, and say how it ended."""
    from leakguard.cli.scan.muting import marked, muted_in, unmuted  # noqa: PLC0415  (`--help` must not load it)

    muted = muted_in(context, summary, mutes)
    told = unmuted(summary, muted)
    code = exit_code(told)
    reopened = reopened_exposures(context, [summary.run] if summary.is_exposed else [])
    with kept_in_store(summary.run, code):
        if output_format in OWN_FORMATS:
            print_scan(
                context,
                told if output_format == "table" else marked(summary, muted),
                output_format,
                output,
                reopened=reopened,
            )
            return code
        from leakguard.cli.scan.exchange import view_of, write_view  # noqa: PLC0415  (few scans are for other systems)

        write_view(context, view_of(context, summary, muted, code), output_format, output)
    _say_sum(context, summary, reopened)
    return code


@contextmanager
def kept_in_store(run: str, code: ExitCode) -> Iterator[None]:
    """Where the result of a stored run cannot be written, an exposure still ends as one, and nothing else as clean."""
    try:
        yield
    except (FileLost, UsageProblem) as error:
        error.exit_code = code if code is ExitCode.EXPOSED else ExitCode.UNFINISHED
        error.next_step = f"Nothing is lost: the run is stored; show it again: leakguard scan show {run} -o FILE"
        raise


def reopened_exposures(context: Context, runs: Iterable[str]) -> tuple[Reopened, ...]:
    """What the runs found open although an incident has it on record as closed, each with the finding of the run."""
    from leakguard.use_cases.incidents.recorded_closures import reopened_in  # noqa: PLC0415  (`--help` must not load it)

    return tuple(one for run in runs for one in reopened_in(context.wiring.store, run))


def print_scan(
    context: Context, summary: ScanSummary, output_format: str, output: str | None, *, reopened: Sequence[Reopened] = ()
) -> None:
    """Print the findings to stdout, or write them to `output`; the sum goes to stderr."""
    if output_format == "table":
        _print_table(context, summary, output)
    else:
        write_result(_json_parts(summary, output_format, reopened), output)
    _say_sum(context, summary, reopened)


def _json_parts(summary: ScanSummary, output_format: str, reopened: Sequence[Reopened]) -> Iterator[str]:
    from leakguard.outputs.json_text import jsonl_parts, scan_json_parts  # noqa: PLC0415  (`--help` must not load it)

    if output_format == "jsonl":
        return jsonl_parts(summary.findings)
    return scan_json_parts(
        summary.run, summary.counts, summary.findings, interrupted=summary.is_interrupted,
        unresolved=summary.unresolved, left_out=summary.left_out, reasons=summary.reasons,
        unsettled=summary.unsettled, pace=summary.pace, reopened=reopened_json(reopened),
    )  # fmt: skip


def _print_table(context: Context, summary: ScanSummary, output: str | None) -> None:
    from leakguard.outputs.table import findings_table  # noqa: PLC0415  (`--help` must not load it)

    if output:
        write_result([context.as_text(findings_table(summary.findings))], output)
    elif found_of(summary.findings).outcomes:
        table = findings_table(summary.findings, told=context.repeating)
        context.console.print(table)


def say_reopened(context: Context, reopened: Sequence[Reopened]) -> None:
    """Say on stderr, whoever wants quiet, what is open although an incident has it as closed: a scan tells none."""
    for line in reopened_lines(reopened):
        context.warn(line)


def _say_sum(context: Context, summary: ScanSummary, reopened: Sequence[Reopened]) -> None:
    from leakguard.outputs.progress import binding_line, is_felt  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.words import counts_line  # noqa: PLC0415  (as above)

    context.remark(f"Run {summary.run}: {counts_line(summary.counts, summary.noun, unsettled=summary.unsettled)}")
    if summary.pace is not None and is_felt(summary.pace):
        context.remark(f"Limited by: {binding_line(summary.pace)}")
    if summary.counts.get("other") and summary.noun != RESOURCE:
        from leakguard.cli.scan.unknown import say_unknown  # noqa: PLC0415  (most scans know all that they meet)

        say_unknown(context, summary)
    say_what_is_missing(context, summary)
    say_reopened(context, reopened)


def say_what_is_missing(context: Context, summary: ScanSummary) -> None:
    """Why endpoints were not checked, names not looked at, and what was not checked because of us."""
    from leakguard.outputs.words import left_out_words, printable, unheeded_words  # noqa: PLC0415  (`--help` must not load it)

    for why, count in sorted(summary.reasons.items()):
        context.notes.print(f"Not checked: {count:,}, since {why}")
    if summary.unresolved:
        names = ", ".join(map(printable, summary.unresolved))
        context.notes.print(f"Not looked at, since the name has no address: {names}")
    if summary.unheeded:
        context.notes.print(unheeded_words(summary.unheeded))
    for left in summary.left_out:
        context.notes.print(f"Not looked at: {left_out_words(left)}")
    if summary.bugs:
        say_bugs(summary)


def say_bugs(summary: ScanSummary) -> None:
    """Say what was not checked because of us, whoever wants quiet: it is no verdict, and ours to mend."""
    from leakguard.outputs.words import bug_lines  # noqa: PLC0415  (`--help` must not load it)

    for line in bug_lines(summary.bugs, summary.noun):
        click.echo(line, err=True)
    click.echo("Next: report it; a new scan, or the same run with --resume, asks them again.", err=True)


def say_not_reached(context: Context, run: StoredRun) -> None:
    """Say of a stored run that is not over what its counts do not show."""
    if run.is_finished:
        return
    were = counted(run.planned, f"{run.noun} was", f"{run.noun}s were")
    left = f"{run.not_reached:,} of at most {were} not looked at"
    context.notes.print(f"Run {run.id} was stopped, or still runs: {left}.", soft_wrap=True)
    if run.can_go_on:
        context.notes.print(f"Go on with: leakguard scan --resume {run.id}", soft_wrap=True)


def exit_code(summary: ScanSummary | FleetSummary) -> ExitCode:
    """Exposed beats could-not-finish beats clean."""
    if summary.is_exposed:
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if summary.is_unfinished else ExitCode.CLEAN
