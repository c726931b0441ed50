"""`leakguard scan --dry-run`: what a scan would do, printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from leakguard.cli.options import Context
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
    from leakguard.use_cases.fleets.estimate_fleet import FleetEstimate


def print_estimate(
    context: Context, scope: Scope, found: Estimate, *, output_format: str, output: str | None
) -> ExitCode:
    """Print the estimate, or write it to `output`."""
    agent = context.wiring.user_agent(scope)
    is_table = output_format == "table"
    text = (
        "".join(f"{line}\n" for line in estimate_lines(found, agent)) if is_table else _json_line(scope, found, agent)
    )
    write_text(text, output)
    context.notes.print("Nothing was probed; names were resolved.")
    return ExitCode.CLEAN


def print_fleet_estimate(context: Context, found: FleetEstimate, *, output_format: str, output: str | None) -> ExitCode:
    """Print what each vantage would do, or write it to `output`."""
    scope, agent = found.scope, context.wiring.user_agent(found.scope)
    if output_format == "table":
        text = "\n".join("".join(f"{line}\n" for line in vantage_lines(each, agent)) for each in found.vantages)
    else:
        vantages = [vantage_json(scope, each, agent) for each in found.vantages]
        text = json.dumps({"schema": "leakguard.fleet_estimate/1", "scope": scope.name, "vantages": vantages}) + "\n"
    write_text(text, output)
    context.notes.print("Nothing was probed and no worker was asked; names were resolved here.")
    return ExitCode.CLEAN


def _json_line(scope: Scope, found: Estimate, agent: str) -> str:
    return json.dumps(estimate_json(scope, found, agent)) + "\n"
