"""`leakguard drill show`: a scenario with its facts and where they come from."""

from __future__ import annotations

import json

import click

from leakguard.cli.drill.stage import load_scenario
from leakguard.cli.options import Context, format_option, pass_context
from leakguard.drills.scenario_file import snapshot_of
from leakguard.errors import ExitCode
from leakguard.outputs.drill import scenario_lines

_EPILOG = """\b
Examples:
  leakguard drill show university-2019
  leakguard drill show ./our-own-scenario.yaml --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("scenario")
@format_option("text", "json")
@pass_context
def show_cmd(context: Context, *, scenario: str, output_format: str) -> int:
    """Show SCENARIO, one that ships or a file: what is known and who tells it, what is unknown, what is invented."""
    found = load_scenario(context.wiring, scenario)
    if output_format == "json":
        click.echo(json.dumps({"scenario": snapshot_of(found)}, ensure_ascii=False))
    else:
        context.show(scenario_lines(found))
    return ExitCode.CLEAN
