"""`leakguard report incident`: opens an incident about a report, and asks since when we are aware."""

from __future__ import annotations

import json
import sys

import click

from leakguard.cli.moments import zone_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.intake.view import Report
from leakguard.models.events import Interval
from leakguard.outputs.incident import incident_json, opened_lines
from leakguard.outputs.incident_opening import after_opening
from leakguard.outputs.intake import arrived_words
from leakguard.use_cases.intake.reports import load_report
from leakguard.use_cases.intake.to_incident import ARRIVAL, UNDECIDED, HandoverDetails, awareness_in, to_incident

_EPILOG = """\b
Examples:
  leakguard report incident RP-2026-0001 --finding F-1a2b3c4d5e6f7089 --aware-at arrival
  leakguard report incident RP-2026-0001 --aware-at 2026-06-10T08:30+08:00 --reason "read by the first of us"
  leakguard report incident RP-2026-0001 --aware-at undecided      # record it later: incident event ID awareness

Some legal deadlines count from awareness. You must decide whether a report makes you aware when it arrives, when
somebody reads it, or when it is proved. This decision can be contested.
"""


@click.command(epilog=_EPILOG)
@click.argument("report", metavar="REPORT")
@click.option(
    "--finding",
    "findings",
    metavar="ID",
    multiple=True,
    help="Finding of a scan about the reported problem. May be repeated.",
)
@click.option("--aware-at", metavar="T", help=f"Time of awareness: a time, `{ARRIVAL}` or `{UNDECIDED}`.")
@click.option("--reason", default="", help="Why awareness counts from that time.")
@click.option("--title", default="", help="Title of the incident (default: what was found).")
@click.option("--zone", help="Time zone for local times in the incident (default: `zone` in leakguard.toml).")
@records("Person who opens the incident")
@format_option("text", "json")
@store_option
@pass_context
def incident_cmd(
    context: Context, *, report: str, findings: tuple[str, ...], aware_at: str | None, reason: str, title: str,
    zone: str | None, output_format: str,
) -> int:  # fmt: skip
    """Open an incident about REPORT. Its arrival is recorded as an event, and its text as evidence."""
    from leakguard.use_cases.incidents.incident_closures import refuse_known_place  # noqa: PLC0415  (as `--help`)
    from leakguard.use_cases.scans.exposures import open_since  # noqa: PLC0415  (as above)
    from leakguard.use_cases.scans.verify_findings import findings_to_verify  # noqa: PLC0415  (as above)

    wiring, store = context.wiring, context.wiring.existing_store
    place = zone_in(zone or wiring.settings.zone).key
    loaded = load_report(store, report)
    found = findings_to_verify(store, findings or loaded.findings) if findings or loaded.findings else ()
    refuse_known_place(store, found)
    handing = HandoverDetails(
        by=context.by, title=title, zone=place, reason=reason, aware_at=_aware_at(context, loaded, aware_at, place),
        open_since=open_since(store, found),
    )  # fmt: skip
    done, incident = to_incident(store, report, found, handing, now=wiring.now)
    if output_format == "json":
        click.echo(json.dumps({"report": done.id, "state": done.state.value, "incident": incident_json(incident)}))
        return ExitCode.CLEAN
    context.show(opened_lines(incident))
    for line in after_opening(incident):
        context.notes.print(line)
    context.notes.print(f"The playbook: leakguard playbook start {incident.id} --playbook third-party-report")
    return ExitCode.CLEAN


def _aware_at(context: Context, report: Report, stated: str | None, zone: str) -> Interval | None:
    """As stated, or as a person answers at a terminal; raises `UsageProblem` where nobody says."""
    arrived = arrived_words(report, zone)
    answer = stated
    if answer is None and sys.stdin.isatty() and sys.stderr.isatty():
        question = f"Since when are we aware? A time, `{ARRIVAL}` ({arrived}) or `{UNDECIDED}`"
        answer = str(click.prompt(question, default=UNDECIDED, err=True))
    if answer is None:
        raise UsageProblem(
            f"since when are we aware? {report.id} arrived {arrived}",
            next_step=f"Say it: --aware-at {ARRIVAL}, --aware-at TIME or --aware-at {UNDECIDED}",
        )
    return awareness_in(answer, report, zone=zone, now=context.wiring.now())
