"""`leakguard scan`: the scan itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from leakguard.cli.interruption import interruptible
from leakguard.cli.options import (
    Context,
    format_option,
    load_scope,
    mutes_option,
    pass_context,
    scope_option,
    store_option,
)
from leakguard.cli.recording import records
from leakguard.cli.scan.by_fleet import is_for_fleet, refuse_for_fleet, scan_by_fleet
from leakguard.cli.scan.imports import import_options, imported_targets
from leakguard.cli.scan.inspection_options import permit_closer_look, refuse_closer_look
from leakguard.cli.scan.printing import (
    FORMATS,
    OWN_FORMATS,
    conclude_scan,
    kept_in_store,
    marked,
    muted_in,
    mutes_of,
    print_scan,
    reopened_exposures,
    unmuted,
)
from leakguard.cli.scan.progress import MODES
from leakguard.cli.scan.scan_options import Options, wish_of
from leakguard.cli.scan.unknown import say_not_scanned, say_which_ports
from leakguard.cli.scan.watching import note, say_how_to_go_on, watched, why_it_stopped
from leakguard.cli.writing import refuse_unwritable, write_text
from leakguard.errors import ExitCode, InQuietHours, UsageProblem
from leakguard.models.samples import MOST_RECORDS
from leakguard.models.scope import Scope
from leakguard.ports import Progress
from leakguard.use_cases.scans.scan_assets import ScanSummary, exit_code
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from leakguard.use_cases.scans.wait_for_opening import wait_for_opening

if TYPE_CHECKING:
    from collections.abc import Callable

    from leakguard.scanning.mutes import MuteList

_EPILOG = """\b
Examples:
  leakguard scan  # the whole scope
  leakguard scan 192.0.2.0/28 mail.example.edu  # these targets, on the usual ports of all products
  leakguard scan 192.0.2.7:9200,19200  # one address, on these two ports
  leakguard scan --ports 1-65535 --dry-run  # how long would a scan of every port take?
  leakguard scan --targets hosts.txt --format jsonl -o findings.jsonl
  masscan 192.0.2.0/24 -p1-65535 -oJ - | leakguard scan --from-masscan -
  leakguard scan --from-nmap scan.xml --from-shodan ours.json.gz  # the open ports in these files
  leakguard scan --explain 192.0.2.7:9200  # show each request, and the rule that decided
  leakguard scan --dry-run  # show what a scan of the whole scope would do; probe nothing
  leakguard scan --fields  # also identify kinds of data, by the names of fields
  leakguard scan --sample 50  # READS RECORDS: also count kinds of data in up to 50 records of each store
  leakguard scan --wait --progress line  # wait until the quiet hours of the scope are over, then scan
  leakguard scan --metrics /var/lib/node_exporter/leakguard.prom
  leakguard scan --format html -o report.html  # a report to read and print; also sarif, ocsf, csv, md
  leakguard scan --resume R-20261124-1a2b3c  # continue a run that was stopped
  leakguard scan --vantage campus,outside  # scan from two locations of the fleet, and show how the results differ
  leakguard scan --aws prod,backup  # read the settings of your AWS accounts, then probe what they expose
  leakguard scan --aws-policy  # print the policy that a role needs for --aws: it permits reading settings, not data
  leakguard scan show R-20261124-1a2b3c  # show a stored run
  leakguard scan diff BEFORE AFTER  # compare two runs
  leakguard scan verify FINDING  # probe a finding again, to prove that it is closed

\b
Exit codes:
  0  no exposure on the ports that were probed
  1  an exposure, even if not everything could be checked
  2  wrong usage, or out of scope
  3  no exposure was found, but not everything could be checked

With exit code 1, the fields `interrupted` and `endpoints.not_checked` of --format json say whether everything was
checked.
"""


@click.command("scan", epilog=_EPILOG)
@click.argument("targets", nargs=-1, metavar="[TARGET...]")
@scope_option
@click.option(
    "--targets", "targets_file", metavar="FILE", help="Read targets from a file, one on each line (`-` is stdin)."
)
@import_options
@click.option("--checks", metavar="ID,...", help="Run only these checks.")
@click.option(
    "-p",
    "--ports",
    metavar="PORT,...",
    help=(
        "Ports to probe on targets given without a port, such as 9200,8000-8010 (default: the usual ports of all "
        "products that the checks of this scan cover)."
    ),
)
@click.option(
    "--rate", metavar="N", help="Connections per second in total, such as 50; at most the limit in the scope."
)
@click.option(
    "--per-host",
    metavar="N",
    help="Connections per second to one address, such as 5; at most the limit in the scope.",
)
@click.option(
    "--timeout",
    metavar="TIME",
    help="Longest time to wait for a connection, such as 1.5s or 800ms; a number alone is seconds (default: 3s).",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Number of parallel processes (default: depends on cores and targets).",
)
@click.option("--resume", metavar="RUN", help="Continue a run that was stopped.")
@click.option(
    "--dry-run", is_flag=True, help="Print what a scan would do, to which targets and for how long. Probe nothing."
)
@click.option(
    "--explain",
    is_flag=True,
    help=(
        "Scan one TARGET. Print each request, the status and the size of its answer, and by which rule each check "
        "found the target open or not. The content of the answers is not printed."
    ),
)
@click.option(
    "--wait",
    is_flag=True,
    help=(
        "If the scope forbids scanning at this hour (quiet hours), wait until it is permitted. Without --wait, the "
        "scan is refused."
    ),
)
@click.option(
    "--progress",
    type=click.Choice(MODES),
    default="auto",
    show_default=True,
    help="How to show progress, on stderr.",
)
@click.option(
    "--metrics",
    metavar="FILE|127.0.0.1:PORT",
    help="Write metrics for Prometheus to a text file, or serve them on a loopback port.",
)
@click.option(
    "--fields",
    is_flag=True,
    help=(
        "Ask open stores for the names of their fields. By these names, identify kinds of data. Also estimate how many "
        "people the data concern."
    ),
)
@click.option(
    "--sample",
    type=click.IntRange(0, MOST_RECORDS),
    default=0,
    metavar="N",
    help=(
        "READS RECORDS: reads at most N records of each open store, counts how often each kind of data (such as "
        "e-mail addresses) occurs, and keeps no record. The scope must permit it."
    ),
)
@click.option(
    "--vantage",
    default="local",
    show_default=True,
    help=(
        "Without a fleet: a name for the location of this machine, recorded with the result. With a fleet (workers "
        "on other machines, [fleet] in leakguard.toml): either `local`, for this machine alone, or one or more "
        "locations whose workers scan, separated by commas."
    ),
)
@click.option(
    "--aws",
    metavar="PROFILE,...",
    help="Read the settings of your own AWS accounts, then probe the resources that they expose.",
)
@click.option(
    "--aws-region", metavar="REGION,...", help="With --aws: only these regions (default: all enabled regions)."
)
@click.option("--aws-policy", is_flag=True, help="Print the IAM policy that a role needs for --aws. Probe nothing.")
@mutes_option
@records("Name under which the scan is recorded")
@format_option(*FORMATS)
@click.option("-o", "--output", metavar="FILE", help="Write the result to a file.")
@store_option
@pass_context
def run_cmd(context: Context, /, **options: Any) -> int:  # noqa: ANN401  (click has checked them; `Options` names them)
    """Scan TARGETs, or the whole scope.

    A target is an address, a range, a name, `host:port`, a URL or `s3://bucket`; each must be in the scope. `-`
    reads targets from stdin. The --from-* options read files of other tools: of the open ports that a file lists,
    LeakGuard probes those on hosts in the scope, and skips the others.

    A scan sends only read-only requests, and reads no record without --sample. It tries no password, and no
    account of a person or a program, with one exception: if the owner sets `default_accounts` in the scope, it tries
    the accounts `root` of MariaDB and MySQL and `postgres` of PostgreSQL, once, without a password.

    Subcommands: run (the default), show, diff, verify, note, mute, unmute. Help: `leakguard scan SUBCOMMAND --help`.
    """
    asked = Options(**options)
    try:
        with interruptible(context.wiring.monotonic):
            return _scan(context, asked)
    except InQuietHours as error:
        if error.is_waited_for and not asked.aws:
            error.next_step += " With --wait, the same command waits by itself."
        raise


def _scan(context: Context, asked: Options) -> int:
    refuse_unwritable(asked.output)
    if asked.aws_policy or asked.aws or asked.aws_region:
        from leakguard.cli.scan.aws import aws_cmd  # noqa: PLC0415  (most scans look from outside alone)

        return aws_cmd(context, asked)
    imported = imported_targets(context, asked) if asked.imports else ()
    options = wish_of(asked, imported)
    if is_for_fleet(context, options):
        refuse_closer_look(options)
        refuse_for_fleet(click.get_current_context())
        return scan_by_fleet(context, options, asked)
    scope = load_scope(context, asked.scope)
    permit_closer_look(context, options, scope, asked)
    if (asked.dry_run or asked.explain) and asked.output_format not in OWN_FORMATS:
        raise UsageProblem("this is shown as a table or as JSON", next_step="Use --format table or --format json.")
    mutes = mutes_of(context, asked.mutes)
    if asked.dry_run:
        return _dry_run(context, scope, options, asked)
    if asked.wait:
        wait_for_opening(scope, context.wiring.now, context.wiring.time.sleep, note(context))
    if asked.explain:
        return _explain(context, scope, options, asked, mutes)
    summary = watched(context, scope, asked, _scan_of(context, scope, options))
    code = conclude_scan(context, summary, asked.output_format, asked.output, mutes=mutes)
    say_which_ports(context, scope, options)
    if summary.is_interrupted:
        done = sum(summary.counts.values())
        say_how_to_go_on(
            context, summary.run, summary.quiet, done=done, planned=summary.planned, why=why_it_stopped(summary)
        )
    return code


def _scan_of(context: Context, scope: Scope, options: ScanOptions) -> Callable[[Progress], ScanSummary]:
    """The scan itself; a run to go on with needs a store that is there."""
    if options.resume is not None:
        context.wiring.need_store()
    elif not options.targets:
        say_not_scanned(context, scope)
    return lambda progress: start_scan(options, scope, context.wiring, progress)


def _dry_run(context: Context, scope: Scope, options: ScanOptions, asked: Options) -> ExitCode:
    from leakguard.cli.scan.dry_run import print_estimate  # noqa: PLC0415  (a scan has no use for it)
    from leakguard.use_cases.scans.estimate_scan import estimate_scan  # noqa: PLC0415  (as above)

    found = estimate_scan(options, scope, context.wiring)
    return print_estimate(context, scope, found, output_format=asked.output_format, output=asked.output)


def _explain(context: Context, scope: Scope, options: ScanOptions, asked: Options, mutes: MuteList | None) -> ExitCode:
    """A normal run, with its result on stdout behind the explanation; as JSON both are one document."""
    from leakguard.cli.scan.explain import print_explanation, print_muted  # noqa: PLC0415  (a scan has no use for it)
    from leakguard.outputs.explanation import explanation_json  # noqa: PLC0415  (a scan has no use for it)
    from leakguard.use_cases.scans.explain import ExplainedEndpoint, explain_scan  # noqa: PLC0415  (as above)

    explained: list[ExplainedEndpoint] = []

    def scan(progress: Progress) -> ScanSummary:
        summary, found = explain_scan(options, scope, context.wiring, progress)
        explained.extend(found)
        return summary

    summary = watched(context, scope, asked, scan)
    muted = muted_in(context, summary, mutes)
    visible = unmuted(summary, muted)
    code = exit_code(visible)
    with kept_in_store(summary.run, code):
        if asked.output_format == "table":
            print_explanation(context, explained)
            print_muted(context, summary, muted)
            reopened = reopened_exposures(context, [summary.run])
            print_scan(context, visible, asked.output_format, asked.output, reopened=reopened)
        else:
            write_text(explanation_json(marked(summary, muted), explained), asked.output)
    return code
