"""`leakguard fleet reports`: what each worker reported."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.models.texts import counted

_EPILOG = """\b
Examples:
  leakguard fleet reports
  leakguard fleet reports --worker campus-2
  leakguard fleet reports --run R-20261129-1a2b3c4d-campus --format json
"""


@click.command(epilog=_EPILOG)
@click.option("--worker", metavar="NAME", help="Only this worker, by its name in [fleet.trusted].")
@click.option("--run", metavar="RUN", help="Only this run, as listed by `leakguard scan show`.")
@format_option("table", "json")
@store_option
@pass_context
def reports_cmd(context: Context, *, worker: str | None, run: str | None, output_format: str) -> int:
    """List the reports of workers: accepted, checked by a second worker, refused, or withdrawn."""
    from leakguard.outputs.fleet_status import reports_table  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.fleets.fleet_reports import fleet_reports  # noqa: PLC0415  (as above)

    found = fleet_reports(context.wiring.existing_store, worker=worker, run=run)
    if output_format == "json":
        click.echo(json.dumps({"schema": "leakguard.fleet_reports/1", "reports": [report.row for report in found]}))
    elif found:
        click.echo(context.as_text(reports_table(report.row for report in found)), nl=False)
    context.notes.print(f"{counted(len(found), 'report')}.")
    return 0
