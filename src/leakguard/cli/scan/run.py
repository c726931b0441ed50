"""`leakguard scan`: the scan itself."""

from __future__ import annotations

import click

from leakguard.cli.fleet.scan import is_for_fleet, scan_by_fleet
from leakguard.cli.options import (
    Context,
    format_option,
    load_scope,
    pass_context,
    read_text,
    scope_option,
    store_option,
)
from leakguard.cli.scan.printing import FORMATS, exit_code, print_scan
from leakguard.cli.scan.progress import progress_for
from leakguard.errors import UsageProblem
from leakguard.scanning.scope_file import parse_rate
from leakguard.scanning.targets import Target, parse_target, parse_target_lines
from leakguard.use_cases.start_scan import ScanWish, start_scan

_EPILOG = """\b
Examples:
  leakguard scan                                   the whole scope
  leakguard scan 192.0.2.0/28 mail.example.edu     these, on the ports that the checks know
  leakguard scan 192.0.2.7:9200,19200              these ports
  leakguard scan --targets hosts.txt --format jsonl -o findings.jsonl
  leakguard scan --resume R-20261124-1a2b3c        go on with a run that was stopped
  leakguard scan --vantage campus,outside          by workers there; shows what is open from outside only
  leakguard scan show R-20261124-1a2b3c            show it again
  leakguard scan diff RUN RUN | verify FINDING     compare two runs; prove closure

\b
Exit codes: 0 nothing open, 1 exposure found, 2 usage or out of scope, 3 could not finish.
"""


@click.command("scan", epilog=_EPILOG)
@click.argument("targets", nargs=-1, metavar="[TARGET...]")
@scope_option
@click.option("--targets", "targets_file", metavar="FILE", help="Targets from a file, one a line (`-` is stdin).")
@click.option("--checks", metavar="ID,...", help="Only these checks.")
@click.option("--rate", metavar="N/s", help="Connections a second in total; never above the scope's.")
@click.option("--per-host", metavar="N/s", help="Connections a second to one address; never above the scope's.")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped.")
@click.option(
    "--vantage", default="local", show_default=True, help="The place that you look from; with a fleet several."
)
@format_option(*FORMATS)
@click.option("-o", "--output", metavar="FILE", help="Write the result to a file.")
@store_option
@pass_context
def run_cmd(  # noqa: PLR0913  (one parameter for each option of the contract)
    context: Context, *, targets: tuple[str, ...], targets_file: str | None, scope: str | None, checks: str | None,
    rate: str | None, per_host: str | None, resume: str | None, vantage: str, output_format: str, output: str | None,
) -> int:  # fmt: skip
    """Scan TARGETs, or the whole scope.

    A target is an address, a range, a name, `host:port`, a URL or `s3://bucket`; each must lie in the scope.
    Only reading requests are sent, no record is read, no password is tried.
    """
    wish = ScanWish(
        targets=_targets(targets, targets_file), checks=tuple(checks.split(",")) if checks else (), resume=resume,
        vantage=vantage, total=_rate(rate), per_host=_rate(per_host),
    )  # fmt: skip
    if is_for_fleet(context, wish):
        return scan_by_fleet(context, wish, scope, output_format=output_format, output=output)
    summary = start_scan(wish, load_scope(context, scope), context.wiring, progress_for(context))
    print_scan(context, summary, output_format, output)
    if summary.is_interrupted:
        done, planned = sum(summary.counts.values()), summary.planned
        context.notes.print(f"Interrupted after {done:,} of at most {planned:,} endpoints.", markup=False)
        context.notes.print(f"Go on with: leakguard scan --resume {summary.run}", markup=False)
    return exit_code(summary)


def _targets(arguments: tuple[str, ...], file: str | None) -> tuple[Target, ...]:
    from_file = parse_target_lines(read_text(file), name=file) if file else ()
    return (*(parse_target(argument) for argument in arguments), *from_file)


def _rate(text: str | None) -> float | None:
    try:
        return parse_rate(text if "/" in text else f"{text}/s") if text else None
    except ValueError as error:
        raise UsageProblem(f"the rate `{text}` {error}", next_step="Write it as `50/s`.") from error
