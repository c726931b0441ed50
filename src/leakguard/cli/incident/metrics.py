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

Percentiles are Kaplan-Meier estimates: a response that is still open counts as longer than its time so far.
If nothing is open, they are the values at the nearest rank. "-" means that too many are open for an estimate.
A time that is known only roughly counts with its longest possible length.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--from", "start", metavar="T", help="Only incidents that were opened at T or later. A day counts in full."
)
@click.option("--to", "end", metavar="T", help="Only incidents that were opened at T or earlier. A day counts in full.")
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@format_option("table", "json", "csv")
@laws_option
@store_option
@pass_context
def metrics_cmd(context: Context, *, start: str | None, end: str | None, output: str | None, output_format: str) -> int:
    """Show how long each part of the response took, over all incidents, and how each clock ended.

    The times are medians and percentiles. Open incidents count too: without them, slow responses would look fast.
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
