"""Commands that move a report on: triage, fix, verify, disclose, close, reopen."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.report.showing import shown
from leakguard.errors import ExitCode
from leakguard.intake.states import Act, Verdict
from leakguard.intake.view import Report
from leakguard.outputs.intake import report_json, report_line
from leakguard.use_cases.intake.closing_proof import verify_report
from leakguard.use_cases.intake.reports import act_on, triage

_VERDICTS = [verdict.value for verdict in Verdict]


@click.command(epilog="\b\nExamples:\n  leakguard report triage RP-2026-0001 --as valid --finding F-1a2b3c4d5e6f7089\n"
               "  leakguard report triage RP-2026-0002 --as duplicate --of RP-2026-0001")  # fmt: skip
@click.argument("report", metavar="REPORT")
@click.option("--as", "verdict", type=click.Choice(_VERDICTS), required=True, help="Category of the report.")
@click.option(
    "--finding",
    "findings",
    metavar="ID",
    multiple=True,
    help="Finding of a scan about the reported problem. May be repeated.",
)
@click.option("--of", "first", metavar="REPORT", default="", help="Report that this one duplicates.")
@click.option("--reason", default="", help="Why.")
@records("Person who decides")
@format_option("text", "json")
@store_option
@pass_context
def triage_cmd(
    context: Context, *, report: str, verdict: str, findings: tuple[str, ...], first: str, reason: str,
    output_format: str,
) -> int:  # fmt: skip
    """Record what REPORT is: valid, a duplicate, out of scope, not reproducible or spam."""
    from leakguard.use_cases.scans.verify_findings import findings_to_verify  # noqa: PLC0415  (few reports name any)

    store = context.wiring.existing_store
    found = findings_to_verify(store, findings) if findings else ()
    done = triage(
        store, report, Verdict(verdict), now=context.wiring.now, findings=tuple(finding.id for finding in found),
        duplicate_of=first, note=reason,
    )  # fmt: skip
    return _show(context, done, output_format)


def _act(name: str, act: Act, text: str) -> click.Command:
    """A command of one act; its help is `text`."""

    @click.command(name, help=text, epilog=f"\b\nExamples:\n  leakguard report {name} RP-2026-0001")
    @click.argument("report", metavar="REPORT")
    @click.option("--reason", default="", help="Anything else that should be recorded.")
    @records("Person who records it")
    @format_option("text", "json")
    @store_option
    @pass_context
    def command(context: Context, *, report: str, reason: str, output_format: str) -> int:
        done = act_on(context.wiring.existing_store, report, act, now=context.wiring.now, fields={"note": reason})
        return _show(context, done, output_format)

    return command


fix_cmd = _act("fix", Act.FIX, "Record that the problem in REPORT was fixed. `report verify` then records the proof.")
disclose_cmd = _act(
    "disclose", Act.DISCLOSE, "Record that REPORT was published, as agreed with the person who reported it."
)
close_cmd = _act(
    "close", Act.CLOSE, "Close REPORT: no promise is open any more, and the time until its erasure begins."
)
reopen_cmd = _act("reopen", Act.REOPEN, "Reopen REPORT. Its state is then `triaged`.")


@click.command(epilog="\b\nExamples:\n  leakguard report verify RP-2026-0001\n"
               '  leakguard report verify RP-2026-0001 --reason "taken down, seen from outside"')  # fmt: skip
@click.argument("report", metavar="REPORT")
@click.option("--reason", default="", help="How you know that it is closed, if the report has no finding.")
@records("Person who records it")
@format_option("text", "json")
@store_option
@pass_context
def verify_cmd(context: Context, *, report: str, reason: str, output_format: str) -> int:
    """Record that the problem in REPORT is closed, after `scan verify` found each of its findings closed."""
    done = verify_report(context.wiring.existing_store, report, reason=reason, now=context.wiring.now)
    return _show(context, done, output_format)


def _show(context: Context, done: Report, output_format: str) -> int:
    found = shown(context, done, scope=None)
    if output_format == "json":
        click.echo(json.dumps(report_json(found)))
    else:
        context.say(report_line(found, zone=context.wiring.settings.zone))
    return ExitCode.CLEAN
