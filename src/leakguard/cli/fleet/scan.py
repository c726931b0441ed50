"""`leakguard scan --vantage campus,outside`: the scan by the fleet, where the settings name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context, read_scope, replace_file
from leakguard.cli.scan.printing import OWN_FORMATS, kept_in_store
from leakguard.errors import ExitCode, UsageProblem
from leakguard.frozen import as_dict

if TYPE_CHECKING:
    from leakguard.use_cases.fleets.fleet_tools import FleetSummary
    from leakguard.use_cases.scans.start_scan import ScanWish

LOCAL = "local"


def is_for_fleet(context: Context, wish: ScanWish) -> bool:
    """Whether workers elsewhere do this scan: a vantage is named and there is a fleet, or the run to go on with is one.

    Without a fleet a vantage is but the name of this place; raises `UsageProblem` for several.
    """
    if context.wiring.settings.fleet.is_configured:
        if wish.resume is not None:
            from leakguard.use_cases.fleets.fleet_plan import scan_of  # noqa: PLC0415  (`--help` must not load it)

            return scan_of(context.wiring.store, wish.resume) is not None
        return wish.vantage != LOCAL
    if "," in wish.vantage:
        raise UsageProblem(
            "one machine looks from one place, and leakguard.toml names no fleet",
            next_step="Name a broker in [fleet], or scan from each place and compare: leakguard scan diff RUN RUN",
        )
    return False


def scan_by_fleet(
    context: Context, wish: ScanWish, scope: str | None, *, output_format: str, output: str | None
) -> int:
    """Scan from every vantage, print what was found and how the views differ; returns the exit code."""
    from leakguard.use_cases.fleets.fleet_scan import fleet_scan  # noqa: PLC0415  (`--help` must not load it)

    if output_format not in OWN_FORMATS:
        raise UsageProblem(
            "several vantages are told as a table or as JSON",
            next_step="Take the run of one of them: leakguard scan show RUN --format ...",
        )
    name, text = read_scope(context, scope)

    def tell(line: str) -> None:
        context.notes.print(line, markup=False)

    summary = fleet_scan(wish, text, context.wiring, tell, scope_name=name)
    code = _exit_code(summary)
    with kept_in_store("RUN", code):
        _print(context, summary, output_format, output)
    if summary.is_interrupted:
        context.notes.print(f"Interrupted. Go on with: leakguard scan --resume {summary.scan}", markup=False)
    return code


def _exit_code(summary: FleetSummary) -> ExitCode:
    if summary.is_exposed:
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if summary.is_unfinished else ExitCode.CLEAN


def _print(context: Context, summary: FleetSummary, output_format: str, output: str | None) -> None:
    from leakguard.outputs.json_text import findings_jsonl  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.table import findings_table  # noqa: PLC0415  (as above)
    from leakguard.outputs.vantages import differences_table, vantages_json  # noqa: PLC0415  (as above)
    from leakguard.outputs.words import counts_line, left_out_words  # noqa: PLC0415  (as above)

    if output_format == "jsonl":
        _write(findings_jsonl(summary.findings), output)
    elif output_format == "json":
        vantages = [as_dict(vantage) for vantage in summary.vantages]
        text = vantages_json(
            summary.scan, vantages, summary.differences, summary.findings, counts=summary.counts,
            interrupted=summary.is_interrupted,
        )  # fmt: skip
        _write(text, output)
    else:
        names = [vantage.vantage for vantage in summary.vantages]
        tables = [findings_table(summary.findings)] if summary.findings else []
        tables += [differences_table(summary.differences, names)] if summary.differences else []
        _write("\n".join(context.as_text(table) for table in tables), output)
    for vantage in summary.vantages:
        context.notes.print(f"Run {vantage.run}: {counts_line(vantage.counts)}", markup=False)
        for reason, count in vantage.given_up.items():
            context.notes.print(f"Not looked at from {vantage.vantage}, {count} shards: {reason}", markup=False)
        if vantage.unresolved:
            names_left = ", ".join(vantage.unresolved)
            context.notes.print(f"Without an address from {vantage.vantage}: {names_left}", markup=False)
        for left in vantage.left_out:
            context.notes.print(f"Not looked at from {vantage.vantage}: {left_out_words(left)}", markup=False)


def _write(text: str, output: str | None) -> None:
    if output is None or output == "-":
        click.echo(text, nl=False)
    else:
        replace_file(output, text)
