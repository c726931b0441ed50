"""`leakguard drill list` and `show`: the scenarios, and one with its facts and where they come from."""

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
    """Show SCENARIO, by its name or as a file: what is known from which source, unknown, and invented."""
    found = load_scenario(context.wiring, scenario)
    if output_format == "json":
        click.echo(json.dumps({"scenario": snapshot_of(found)}, ensure_ascii=False))
    else:
        context.show(scenario_lines(found))
    return ExitCode.CLEAN


_LIST_EPILOG = """\b
Examples:
  leakguard drill list
  leakguard drill list --format json
"""


@click.command(epilog=_LIST_EPILOG)
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the scenarios, with playbook, length and what each practises."""
    from leakguard.outputs.drill import scenario_json, scenario_row  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.drills.drill_scenarios import known_names, list_scenarios  # noqa: PLC0415  (as above)

    wiring = context.wiring
    found = list_scenarios(wiring.bundled, known_names(wiring.bundled, wiring.duties()))
    if output_format == "json":
        click.echo(json.dumps({"scenarios": [scenario_json(scenario) for scenario in found]}, ensure_ascii=False))
    else:
        for scenario in found:
            context.show(scenario_row(scenario))
    return ExitCode.CLEAN
