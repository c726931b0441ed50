"""`leakguard scan --vantage campus,outside`: the scan by the fleet, where the settings name one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from leakguard.cli.options import read_scope
from leakguard.cli.scan.printing import OWN_FORMATS, kept_in_store, reopened_exposures, say_reopened
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode, UsageProblem
from leakguard.frozen import as_dict
from leakguard.models.texts import counted
from leakguard.outputs.run import reopened_json
from leakguard.scanning.unsettled import unsettled_in
from leakguard.use_cases.scans.scan_assets import exit_code

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.cli.scan.scan_options import Options
    from leakguard.use_cases.fleets.fleet_tools import FleetSummary, VantageSummary
    from leakguard.use_cases.scans.start_scan import ScanOptions

LOCAL = "local"
HONOURED = frozenset({
    "targets", "scope", "targets_file", "from_nmap", "from_masscan", "from_nuclei", "from_shodan", "from_censys",
    "checks", "ports", "rate", "per_host", "timeout", "resume", "dry_run", "wait", "progress", "metrics", "vantage",
    "output_format", "output", "store", "mutes", "by",
})  # fmt: skip
"""The parameters of `scan` that mean the same to the fleet; every other one is refused."""
INSTEAD = {
    "workers": "Set `workers` in [fleet]: how many shards of a vantage are under way at once.",
    "explain": "Run it on a machine of that vantage in a folder without [fleet], or from here: leave --vantage out.",
}
"""What to do in place of an option that is refused."""


def is_for_fleet(context: Context, options: ScanOptions) -> bool:
    """Whether workers elsewhere do this scan: a vantage is named and there is a fleet, or the run to go on with is one.

    Without a fleet a vantage is but the name of this place; raises `UsageProblem` for several.
    """
    if context.wiring.settings.fleet.is_configured:
        if options.resume is not None:
            from leakguard.use_cases.fleets.fleet_requests import scan_of  # noqa: PLC0415  (`--help` must not load it)

            context.wiring.need_store()
            return scan_of(context.wiring.store, options.resume) is not None
        return looks_elsewhere(context, options.vantage)
    if "," in options.vantage:
        raise UsageProblem(
            "one machine looks from one place, and leakguard.toml names no fleet",
            next_step="Name a broker in [fleet], or scan from each place and compare: leakguard scan diff BEFORE AFTER",
        )
    return False


def looks_elsewhere(context: Context, vantage: str) -> bool:
    """Whether a vantage is a place where workers look, and not the name of this one."""
    return context.wiring.settings.fleet.is_configured and vantage != LOCAL


def refuse_elsewhere(context: Context, command: str, vantage: str, *, instead: str = "") -> None:
    """Raise `UsageProblem` where a command that looks from here would tell its view as that of workers elsewhere.

    Closure is proved from every vantage, so what was seen from another place than the one that is told is no proof.
    `instead` is what to do; by default, what does the work of a watch.
    """
    if looks_elsewhere(context, vantage):
        raise UsageProblem(
            f"`{command}` looks from this machine alone, and `{vantage[:60]}` is a vantage of the fleet",
            next_step=instead
            or f"Scan from there with `leakguard scan --vantage {vantage[:60]}` and compare (`scan diff`), or "
            "watch on a machine of that vantage, on the same store and in a folder without [fleet].",
        )


def refuse_for_fleet(command: click.Context) -> None:
    """Raise `UsageProblem` for what stands on the command line and means nothing to workers elsewhere.

    An option that nobody thought of here is refused, so that none is dropped without a word.
    """
    for parameter in command.command.params:
        name = parameter.name or ""
        if command.get_parameter_source(name) is not ParameterSource.COMMANDLINE or name in HONOURED:
            continue
        raise UsageProblem(
            f"{parameter.opts[0]} means nothing to a scan by the fleet",
            next_step=INSTEAD.get(name, "Leave it out, or scan from this machine: leave --vantage out."),
        )


def scan_by_fleet(context: Context, options: ScanOptions, asked: Options) -> int:
    """Scan from every vantage, print what was found and how the views differ; returns the exit code."""
    from leakguard.cli.scan.printing import marked, muted_in, mutes_of, unmuted  # noqa: PLC0415  (as below)
    from leakguard.cli.scan.watching import quoting_note, say_how_to_go_on, watched  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.scanning.scope.file import parse_scope  # noqa: PLC0415  (as above)
    from leakguard.use_cases.fleets.fleet_scan import fleet_scan  # noqa: PLC0415  (as above)
    from leakguard.use_cases.scans.wait_for_opening import wait_for_opening  # noqa: PLC0415  (as above)

    if asked.output_format not in OWN_FORMATS:
        raise UsageProblem(
            "several vantages are shown as a table or as JSON",
            next_step="Take the run of one of them: leakguard scan show RUN --format ...",
        )
    name, text = read_scope(context, asked.scope)
    mutes = mutes_of(context, asked.mutes)
    if asked.dry_run:
        return _dry_run(context, options, text, name, asked)
    wiring, say = context.wiring, quoting_note(context)
    scope = parse_scope(text, name=name, now=wiring.now())
    if asked.wait:
        wait_for_opening(scope, wiring.now, wiring.time.sleep, say)
    summary = watched(
        context, scope, asked,
        lambda progress: fleet_scan(options, text, wiring, say, scope_name=name, progress=progress),
    )  # fmt: skip
    muted = muted_in(context, summary, mutes)
    visible = unmuted(summary, muted)
    code = exit_code(visible)
    with kept_in_store("RUN", code):
        shown = visible if asked.output_format == "table" else marked(summary, muted)
        _print(context, shown, asked.output_format, asked.output)
    if summary.is_interrupted:
        done = sum(sum(vantage.reached.values()) for vantage in summary.vantages)
        say_how_to_go_on(context, summary.scan, summary.quiet, done=done, planned=summary.planned)
    elif any(vantage.given_up for vantage in summary.vantages):
        say(f"Have those shards looked at again: leakguard scan --resume {summary.scan}")
    return code


def _dry_run(context: Context, options: ScanOptions, text: str, name: str, asked: Options) -> ExitCode:
    from leakguard.cli.scan.dry_run import print_fleet_estimate  # noqa: PLC0415  (a scan has no use for it)
    from leakguard.use_cases.fleets.estimate_fleet import estimate_fleet  # noqa: PLC0415  (as above)

    if asked.output_format == "jsonl":
        raise UsageProblem("this is shown as a table or as JSON", next_step="Use --format table or --format json.")
    found = estimate_fleet(options, text, context.wiring, scope_name=name)
    return print_fleet_estimate(context, found, output_format=asked.output_format, output=asked.output)


def _print(context: Context, summary: FleetSummary, output_format: str, output: str | None) -> None:
    from leakguard.models.industrial import ports_left_out_words  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.json_text import findings_jsonl  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.vantages import differences_table, findings_tables, vantages_json  # noqa: PLC0415  (as above)

    reopened = reopened_exposures(context, [vantage.run for vantage in summary.vantages])
    if output_format == "jsonl":
        write_text(findings_jsonl(summary.findings), output)
    elif output_format == "json":
        vantages = [as_dict(vantage) for vantage in summary.vantages]
        text = vantages_json(
            summary.scan, vantages, summary.differences, summary.findings, counts=summary.counts,
            interrupted=summary.is_interrupted, reopened=reopened_json(reopened), unsettled=_unsettled(summary),
        )  # fmt: skip
        write_text(text, output)
    else:
        names = [vantage.vantage for vantage in summary.vantages]
        tables = findings_tables(summary.findings, names, context.repeating)
        tables += [differences_table(summary.differences, names)] if summary.differences else []
        write_text("\n".join(context.as_text(table) for table in tables), output)
    for vantage in summary.vantages:
        unsettled = unsettled_in(finding for finding in summary.findings if finding.run == vantage.run)
        _say_sum(context, vantage, unsettled, is_interrupted=summary.is_interrupted)
    for ports in dict.fromkeys(vantage.ports_left_out for vantage in summary.vantages if vantage.ports_left_out):
        context.remark(ports_left_out_words(ports))
    say_reopened(context, reopened)


def _unsettled(summary: FleetSummary) -> Mapping[str, int]:
    """Of all vantages together, as the counts are."""
    runs = [[finding for finding in summary.findings if finding.run == vantage.run] for vantage in summary.vantages]
    return sum((Counter(unsettled_in(run)) for run in runs), Counter[str]())


def _say_sum(context: Context, vantage: VantageSummary, unsettled: Mapping[str, int], *, is_interrupted: bool) -> None:
    """How the endpoints of a vantage stand; those that a stopped run did not come to are told apart, as they wait."""
    from leakguard.cli.scan.watching import quoting_note  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.words import counts_line, left_out_words, unheeded_words  # noqa: PLC0415  (as above)

    say = quoting_note(context)
    counts = vantage.reached if is_interrupted else vantage.counts
    say(f"Run {vantage.run}: {counts_line(counts, unsettled=unsettled)}")
    if is_interrupted and vantage.not_reached:
        left = f"{vantage.not_reached:,} of {counted(vantage.planned, 'endpoint was', 'endpoints were')} not looked at"
        say(f"Run {vantage.run} was stopped: {left}.")
    for reason, count in vantage.given_up.items():
        say(f"Not looked at from {vantage.vantage}, {count} {'shard' if count == 1 else 'shards'}: {reason}")
    for signer, count in vantage.refused.items():
        what = f"{counted(count, 'result')} for orders of another worker, or of what it could not have seen"
        say(f"Not taken from {signer} at {vantage.vantage}: {what}. See: leakguard fleet reports --run {vantage.run}")
    if vantage.unresolved:
        say(f"Without an address from {vantage.vantage}: {', '.join(vantage.unresolved)}")
    if vantage.unheeded:
        say(f"As seen from {vantage.vantage}: {unheeded_words(vantage.unheeded)}")
    for left_out in vantage.left_out:
        say(f"Not looked at from {vantage.vantage}: {left_out_words(left_out)}")
