"""`leakguard drill list`: which scenarios there are."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard drill list
  leakguard drill list --format json
"""


@click.command(epilog=_EPILOG)
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List every scenario with its playbook, its length and what it practises."""
    from leakguard.outputs.drill import scenario_json, scenario_row  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.drills.drill_scenarios import known_names, list_scenarios  # noqa: PLC0415  (as above)

    wiring = context.wiring
    found = list_scenarios(wiring.bundled, known_names(wiring.bundled, wiring.duties()))
    if output_format == "json":
        click.echo(json.dumps({"scenarios": [scenario_json(one) for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            context.show(scenario_row(one))
    return ExitCode.CLEAN
