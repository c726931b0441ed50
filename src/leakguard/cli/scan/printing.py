"""How the scan commands print: one result, several formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from leakguard.cli.writing import write_result
from leakguard.errors import ExitCode, FileLost, UsageProblem
from leakguard.files.opening import read_text
from leakguard.models.mutes import Mute
from leakguard.models.texts import counted
from leakguard.outputs.run import reopened_json, reopened_lines
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.scans.muted_runs import USUAL as USUAL  # noqa: PLC0414  (commands ask for it here)
from leakguard.use_cases.scans.muted_runs import marked as marked  # noqa: PLC0414  (as above)
from leakguard.use_cases.scans.muted_runs import mutes_file as file_of_mutes
from leakguard.use_cases.scans.muted_runs import unmuted as unmuted  # noqa: PLC0414  (as above)
from leakguard.use_cases.scans.runs import StoredRun
from leakguard.use_cases.scans.scan_assets import RESOURCE, ScanSummary, exit_code

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.models.findings import Finding
    from leakguard.outputs.scan_view import ScanView
    from leakguard.scanning.mutes import MuteList
    from leakguard.use_cases.fleets.fleet_tools import FleetSummary
    from leakguard.use_cases.incidents.recorded_closures import RecordedClosure
    from leakguard.use_cases.scans.closed_since import ClosedSince

    Reopened = tuple[RecordedClosure, Finding]


OWN_FORMATS = ("table", "jsonl", "json")
FORMATS = (*OWN_FORMATS, "sarif", "ocsf", "csv", "md", "html")


def conclude_scan(
    context: Context, summary: ScanSummary, output_format: str, output: str | None, *, mutes: MuteList | None,
    closed: Mapping[str, ClosedSince] = MappingProxyType({}),
) -> ExitCode:  # fmt: skip
    """Print the result as `print_scan` does, without what the owner muted, and say how it ended.

    `closed` are those of its findings that were proved closed since.
    """
    muted = muted_in(context, summary, mutes)
    visible = unmuted(summary, muted)
    code = exit_code(visible)
    reopened = reopened_exposures(context, [summary.run] if summary.is_exposed else [])
    with kept_in_store(summary.run, code):
        if output_format in OWN_FORMATS:
            print_scan(
                context,
                visible if output_format == "table" else marked(summary, muted),
                output_format,
                output,
                reopened=reopened,
                closed=closed,
            )
            return code
        write_view(context, view_of(context, summary, muted, code), output_format, output)
    _say_sum(context, summary, reopened, closed)
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

    return tuple(pair for run in runs for pair in reopened_in(context.wiring.store, run))


def print_scan(
    context: Context, summary: ScanSummary, output_format: str, output: str | None, *,
    reopened: Sequence[Reopened] = (), closed: Mapping[str, ClosedSince] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Print the findings to stdout, or write them to `output`; the sum goes to stderr."""
    if output_format == "table":
        _print_table(context, summary, output, {finding: closure.text for finding, closure in closed.items()})
    else:
        write_result(_json_parts(context, summary, output_format, reopened, closed), output)
    _say_sum(context, summary, reopened, closed)


def _json_parts(
    context: Context, summary: ScanSummary, output_format: str, reopened: Sequence[Reopened],
    closed: Mapping[str, ClosedSince],
) -> Iterator[str]:  # fmt: skip
    from leakguard.outputs.json_text import jsonl_parts, scan_json_parts  # noqa: PLC0415  (`--help` must not load it)

    if output_format == "jsonl":
        return jsonl_parts(summary.findings, drill=context.wiring.settings.drill)
    return scan_json_parts(
        summary.run, summary.counts, summary.findings, interrupted=summary.is_interrupted,
        unresolved=summary.unresolved, left_out=summary.left_out, reasons=summary.reasons,
        unsettled=summary.unsettled, pace=summary.pace, reopened=reopened_json(reopened),
        closed=[closure.to_json() for closure in closed.values()], leave=summary.leave,
        industrial=summary.industrial, ports_left_out=summary.ports_left_out, drill=context.wiring.settings.drill,
    )  # fmt: skip


def _print_table(context: Context, summary: ScanSummary, output: str | None, closed: Mapping[str, str]) -> None:
    from leakguard.outputs.table import findings_table  # noqa: PLC0415  (`--help` must not load it)

    if output:
        write_result([context.as_text(findings_table(summary.findings, closed=closed))], output)
    elif found_of(summary.findings).outcomes:
        table = findings_table(summary.findings, repeat=context.repeating, closed=closed)
        context.console.print(table)


def say_reopened(context: Context, reopened: Sequence[Reopened]) -> None:
    """Say on stderr, whoever wants quiet, what is open although an incident has it as closed: a scan tells none."""
    for line in reopened_lines(reopened):
        context.warn(line)


def _say_sum(
    context: Context, summary: ScanSummary, reopened: Sequence[Reopened], closed: Mapping[str, ClosedSince]
) -> None:
    from leakguard.outputs.progress import binding_line, is_felt  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.words import counts_line, leave_lines  # noqa: PLC0415  (as above)

    context.remark(f"Run {summary.run}: {counts_line(summary.counts, summary.noun, unsettled=summary.unsettled)}")
    for line in leave_lines(summary.leave, summary.industrial, summary.ports_left_out):
        context.remark(line)
    if summary.pace is not None and is_felt(summary.pace):
        context.remark(f"Limited by: {binding_line(summary.pace)}")
    if summary.counts.get("other") and summary.noun != RESOURCE:
        from leakguard.cli.scan.unknown import say_unknown  # noqa: PLC0415  (most scans know all that they meet)

        say_unknown(context, summary)
    say_what_is_missing(context, summary)
    if closed:
        context.remark(f"Proved closed since: {counted(len(closed), 'finding')}. The run keeps its exit code.")
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


def view_of(context: Context, summary: ScanSummary, muted: Mapping[str, Mute], code: int) -> ScanView:
    """All that an output of a run is made from."""
    from leakguard.outputs.scan_view import RuleText, ScanView  # noqa: PLC0415  (few scans are for other systems)

    wiring = context.wiring
    rules = {
        check.id: RuleText(title=check.title, why=check.why, remediation=check.remediation_on())
        for check in wiring.checks
    }
    if summary.noun == RESOURCE:
        rules |= {
            check.id: RuleText(title=check.title, why=check.why, remediation=check.remediation)
            for check in wiring.cloud_checks
        }
    return ScanView(
        run=summary.run, counts=summary.counts, findings=found_of(summary.findings), rules=rules, muted=muted,
        is_interrupted=summary.is_interrupted, exit_code=code, made_at=wiring.now(), is_drill=wiring.settings.drill,
        unsettled=summary.unsettled, leave=summary.leave, industrial=summary.industrial,
        unresolved=summary.unresolved, left_out=summary.left_out,
    )  # fmt: skip


def write_view(context: Context, view: ScanView, output_format: str, output: str | None) -> None:
    """Write it to stdout, or to a file in one step."""
    from leakguard.outputs.exchange import WRITERS  # noqa: PLC0415  (few scans are for other systems)
    from leakguard.outputs.scan_paper import scan_paper  # noqa: PLC0415  (as above)

    if output_format == "html":
        page = context.wiring.report_maker("html").make(scan_paper(view))
        write_result([page.decode()], output)
    else:
        write_result(WRITERS[output_format](view), output)


def mutes_file(context: Context, named: str | None) -> str | None:
    """The mute list of this command; see `muted_runs.mutes_file`."""
    return file_of_mutes(named, context.wiring.settings.mutes)


def mutes_of(context: Context, named: str | None) -> MuteList | None:
    """The mute list of this command; read before the first probe, so that a bad one hides nothing that a scan found.

    Raises `NotFound`, and `BadFile` with all problems of the list.
    """
    name = mutes_file(context, named)
    if name is None:
        return None
    from leakguard.scanning.mutes import parse_mutes  # noqa: PLC0415  (most folders have no such list)

    return parse_mutes(read_text(name), name=name, today=context.wiring.now().date())


def muted_in(context: Context, summary: ScanSummary | FleetSummary, read: MuteList | None) -> dict[str, Mute]:
    """The findings of a result that are muted today, by id; says how many there are, and which entries are over."""
    if read is None:
        return {}
    mutes = read.on(context.wiring.now().date())
    muted = mutes.among(found_of(summary.findings))
    if muted:
        noun = "open finding is" if len(muted) == 1 else "open findings are"
        context.notes.print(f"{len(muted):,} {noun} muted by the owner; --format json shows them")
    for mute in mutes.expired:
        context.notes.print(f"A mute ended on {mute.expires} and holds no more: {mute.named}")
    for check in _unknown_checks(context, mutes):
        context.notes.print(f"A mute names a check that does not exist, and mutes nothing: {check}")
    return muted


def _unknown_checks(context: Context, mutes: MuteList) -> tuple[str, ...]:
    """Misspelt ones, most likely; a check may also have gone since the entry was written, so it is no error."""
    named = dict.fromkeys(mute.check for mute in mutes.mutes if mute.check)
    unknown = tuple(check for check in named if check not in {check.id for check in context.wiring.checks})
    owned = {cloud_check.id for cloud_check in context.wiring.cloud_checks} if unknown else set()
    return tuple(check for check in unknown if check not in owned)
