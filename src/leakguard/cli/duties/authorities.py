"""`leakguard duties authorities`: the offices that take notices."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.offices import authorities_table, authority_json
from leakguard.use_cases.letters.find_offices import list_authorities

_EPILOG = """\b
Examples:
  leakguard duties authorities
  leakguard duties authorities --place DE  # the authorities of Germany and of its states
  leakguard duties authorities --place US-TX --format json

JSON has every field of an authority with its source, the kind of source and the day on which it was checked.
"""


@click.command(epilog=_EPILOG)
@click.option("--place", metavar="CODE", help="A country or a part of one, such as FR, DE-BW or US-TX.")
@format_option("table", "json")
@pass_context
def authorities_cmd(context: Context, *, place: str | None, output_format: str) -> int:
    """List the authorities: for whom each is competent, how it accepts notices, and what is from memory."""
    found = list_authorities(context.wiring.bundled, place, context.wiring.now())
    if output_format == "json":
        click.echo(json.dumps({"authorities": [authority_json(authority) for authority in found]}))
    else:
        context.console.print(authorities_table(found))
    return ExitCode.CLEAN
