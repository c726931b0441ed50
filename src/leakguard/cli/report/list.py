"""`leakguard report list`: the queue, with what is owed next."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.report.showing import is_sender_withheld
from leakguard.errors import ExitCode
from leakguard.outputs.intake import ShownReport, report_json, report_line
from leakguard.use_cases.intake.queue import by_urgency, is_waiting, queued
from leakguard.use_cases.intake.reports import reports_in

_EPILOG = """\b
Examples:
  leakguard report list
  leakguard report list --all --format json

Exit codes: 0 no promise is overdue, 4 a promise is overdue.
"""


@click.command(epilog=_EPILOG)
@click.option("--all", "all_of_them", is_flag=True, help="Also list closed reports, and messages sent by machines.")
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, all_of_them: bool, output_format: str) -> int:
    """List the open reports, the one with the next due promise first."""
    wiring = context.wiring
    zone, store = wiring.settings.zone, wiring.existing_store
    every = queued(reports_in(store), wiring.promises(), now=wiring.now(), zone=zone)
    withheld = is_sender_withheld(context)
    found = [
        ShownReport(report=queued.report, dues=queued.dues, erase_by=queued.erase_by, is_sender_withheld=withheld)
        for queued in by_urgency(every)
        if all_of_them or is_waiting(queued.report)
    ]
    if output_format == "json":
        click.echo(json.dumps({"reports": [report_json(shown_report) for shown_report in found]}))
    else:
        context.show(report_line(shown_report, zone=zone) for shown_report in found)
        if not found:
            context.notes.print("No report is open. Take one in: leakguard report import FILE")
    is_late = any(due.state == "overdue" for shown_report in found for due in shown_report.dues)
    return ExitCode.DEADLINE_MISSED if is_late else ExitCode.CLEAN
