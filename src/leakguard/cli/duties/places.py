"""`leakguard duties places`: where a rule is known, where none is by law, and where nobody knows."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.duties import place_counts, places_json, places_table
from leakguard.use_cases.letters.look_up_duties import PLACE_STATES, ROLES, list_places

_EPILOG = """\b
Examples:
  leakguard duties places
  leakguard duties places --state no_rule_known
  leakguard duties places --place US-OH --role processor
  leakguard duties places --format json

States: rule (a duty is known), none_by_law (the law was read and has no such duty), no_rule_known (a duty may exist).
"""


@click.command(epilog=_EPILOG)
@click.option("--place", metavar="CODE", help="Only this country or subdivision, such as DE or US-OH.")
@click.option("--role", multiple=True, metavar="ROLE", help=f"Only this role: {' or '.join(ROLES)}. May be repeated.")
@click.option("--state", type=click.Choice(PLACE_STATES), help="Only jurisdictions in this state of knowledge.")
@format_option("table", "json")
@pass_context
def places_cmd(
    context: Context, *, place: str | None, role: tuple[str, ...], state: str | None, output_format: str
) -> int:
    """List every country of ISO 3166, and every subdivision with a known law, and what is known about it."""
    book = context.wiring.duties()
    rows = list_places(book, on=context.wiring.now().date(), place=place, roles=role, state=state)
    if output_format == "json":
        click.echo(json.dumps(places_json(rows)))
        return ExitCode.CLEAN
    context.console.print(places_table(rows, book.vocabulary))
    context.say(place_counts(rows))
    return ExitCode.CLEAN
