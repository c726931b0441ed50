"""`leakguard incident metrics`: what many incidents were like."""

from __future__ import annotations

import json

import click

from leakguard.cli.laws import laws_option, reach_of
from leakguard.cli.moments import span_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.writing import replace_bytes
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output

_EPILOG = """\b
Examples:
  leakguard incident metrics
  leakguard incident metrics --from 2026-01-01 --to 2026-03-31 --format json
  leakguard incident metrics --format csv -o metrics.csv

\b
How the percentiles are made: by the Kaplan-Meier estimate, in which what is still
open counts as longer than it is now. Where nothing is open, they are the values at
the nearest rank. "-" means that too much is open to say. A time that is known only
roughly counts with its longest reading.
"""


@click.command(epilog=_EPILOG)
@click.option("--from", "start", metavar="T", help="Incidents that were opened at T or later; a day counts whole.")
@click.option("--to", "end", metavar="T", help="Incidents that were opened at T or before; a day counts whole.")
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@format_option("table", "json", "csv")
@laws_option
@store_option
@pass_context
def metrics_cmd(context: Context, *, start: str | None, end: str | None, output: str | None, output_format: str) -> int:
    """Say how long things took over all incidents: medians and percentiles, and how each clock ended.

    Incidents that are open count too: leaving them out would make slow things look fast.
    """
    from leakguard.reports.metrics import metrics_json, metrics_sheet  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.incidents.incident_rules import rule_book  # noqa: PLC0415  (as above)
    from leakguard.use_cases.reports.incident_metrics import metrics_today  # noqa: PLC0415  (as above)

    wiring = context.wiring
    opened = span_in(start, end, zone=wiring.settings.zone)
    rules = rule_book(wiring.bundled, reach_of(context))
    found = metrics_today(wiring.existing_store, rules, opened, wiring.now())
    if output_format == "json":
        document = f"{json.dumps(metrics_json(found))}\n".encode()
    elif output_format == "csv":
        document = wiring.sheet_maker("csv").make(metrics_sheet(found))
    else:
        from leakguard.outputs.metrics_table import metrics_text  # noqa: PLC0415  (`--help` must not load it)

        document = metrics_text(metrics_json(found)).encode()
    if output is None or output == "-":
        click.echo(document, nl=False)
    else:
        replace_bytes(output, document, Output.REPORT)
    return ExitCode.CLEAN
