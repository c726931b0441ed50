"""How standings are printed: columns that fit into 80 characters, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from leakguard.alerts.forecast import Forecast
from leakguard.cli.clock_warning import doubted
from leakguard.cli.options import Context
from leakguard.clocks.standing import Standing, exit_code
from leakguard.errors import ExitCode
from leakguard.outputs.clock import standings_json, standings_texts

if TYPE_CHECKING:
    from leakguard.use_cases.incidents.watched_laws import Watched


def print_standings(
    context: Context,
    standings: Sequence[Standing],
    *,
    now: datetime,
    output_format: str,
    late: Mapping[str, Forecast] | None = None,
    laws: Watched | None = None,
) -> ExitCode:
    """Print all standings; returns the exit code, 4 when a deadline was missed.

    `late` has, by clock, the work that no longer fits into the time that is left.
    """
    late = late or {}
    if output_format == "json":
        document = doubted(context, standings_json(standings, now, late, laws))
        click.echo(json.dumps(document, ensure_ascii=False))
        return exit_code(standings)
    for text in standings_texts(standings, late, width=context.console.width):
        context.console.print(text)
    if not standings:
        context.notes.print("There are no clocks here.")
    return exit_code(standings)
