"""`leakguard clock why`: the arithmetic of one clock, step by step."""

from __future__ import annotations

import json

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.laws import laws_option
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard clock why --incident IR-2026-0001 remediate
  leakguard clock why --incident IR-2026-0001 eu-gdpr-33-authority.initial --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("clock")
@click.option("--incident", required=True, metavar="ID", help="The incident.")
@click.option("--now", metavar="TIME", help="How it stood, as known at TIME (default: now).")
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def why_cmd(context: Context, *, clock: str, incident: str, now: str | None, output_format: str) -> ExitCode:
    """Name the rule, the anchor, the calendar and every step that lead to CLOCK's limit.

    Ends with 4 when its deadline was missed.
    """
    from leakguard.cli.clock.incident import asked_of, incident_standings  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.clock import why_json, why_lines  # noqa: PLC0415  (as above)

    stood = incident_standings(context, asked_of(incident, now)).only(clock)
    if output_format == "json":
        click.echo(json.dumps(doubted(context, why_json(stood)), ensure_ascii=False))
    else:
        context.show(why_lines(stood))
    return stood.exit_code
