"""`leakguard duties list`: every duty, one a line."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.duties import duties_table, duty_json
from leakguard.use_cases.letters.look_up_duties import pick_duties

_EPILOG = """\b
Examples:
  leakguard duties list
  leakguard duties list --jurisdiction Japan
  leakguard duties list --status not_in_force --format json
"""


@click.command(epilog=_EPILOG)
@click.option("--jurisdiction", metavar="NAME", help="As the list names it, or the beginning of it.")
@click.option("--status", type=click.Choice(["in_force", "not_in_force", "proposed", "voluntary"]), help="Only these.")
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, jurisdiction: str | None, status: str | None, output_format: str) -> int:
    """List the duties: those that ship and the organisation's own."""
    duties = pick_duties(context.wiring.duties(), jurisdiction=jurisdiction, status=status)
    if output_format == "json":
        click.echo(json.dumps({"duties": [duty_json(duty) for duty in duties]}))
        return ExitCode.CLEAN
    context.console.print(duties_table(duties))
    return ExitCode.CLEAN
