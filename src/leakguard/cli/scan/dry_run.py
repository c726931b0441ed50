"""`leakguard scan --dry-run`: what a scan would do, printed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode
from leakguard.models.scope import Scope
from leakguard.outputs.estimate import (
    estimate_json,
    estimate_lines,
    vantage_json,
    vantage_lines,
)
from leakguard.scanning.estimate import Estimate

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.use_cases.fleets.estimate_fleet import FleetEstimate


def print_estimate(
    context: Context, scope: Scope, found: Estimate, *, output_format: str, output: str | None
) -> ExitCode:
    """Print the estimate, or write it to `output`."""
    agent = context.wiring.user_agent(scope)
    if output_format == "table":
        _print(context, estimate_lines(found, agent), output)
    else:
        write_text(json.dumps(estimate_json(scope, found, agent)) + "\n", output)
    context.notes.print("Nothing was probed; names were resolved.")
    return ExitCode.CLEAN


def print_fleet_estimate(context: Context, found: FleetEstimate, *, output_format: str, output: str | None) -> ExitCode:
    """Print what each vantage would do, or write it to `output`."""
    scope, agent = found.scope, context.wiring.user_agent(found.scope)
    if output_format == "table":
        each_lines = [
            [*([""] if number else []), *vantage_lines(each, agent)] for number, each in enumerate(found.vantages)
        ]
        _print(context, chain.from_iterable(each_lines), output)
    else:
        vantages = [vantage_json(scope, vantage, agent) for vantage in found.vantages]
        text = json.dumps({"schema": "leakguard.fleet_estimate/1", "scope": scope.name, "vantages": vantages}) + "\n"
        write_text(text, output)
    context.notes.print("Nothing was probed and no worker was asked; names were resolved here.")
    return ExitCode.CLEAN


def _print(context: Context, lines: Iterable[str], output: str | None) -> None:
    """On the terminal as wide as it is; in a file each line whole."""
    if output is None or output == "-":
        context.show(lines)
    else:
        write_text("".join(f"{line}\n" for line in lines), output)
