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
from leakguard.clocks.standing import Standing, exit_code, to_json
from leakguard.clocks.times import rfc3339
from leakguard.clocks.wording import ignored_pauses
from leakguard.errors import ExitCode
from leakguard.outputs.clock import (
    by_urgency,
    clock_text,
    forecast_json,
)
from leakguard.outputs.words import printable

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
        clocks = [to_json(one, now=now) | forecast_json(late.get(one.id)) for one in standings]
        document = {"now": rfc3339(now), "clocks": clocks} | ({"laws": laws.to_json()} if laws is not None else {})
        document = doubted(context, document)
        click.echo(json.dumps(document, ensure_ascii=False))
        return exit_code(standings)
    for one in by_urgency(standings):
        context.console.print(clock_text(one, late.get(one.id), width=context.console.width))
    for text in ignored_pauses(one.found for one in standings):
        context.console.print(printable(text, longest=2000), style="yellow", soft_wrap=True, markup=False)
    if not standings:
        context.notes.print("There are no clocks here.")
    return exit_code(standings)
