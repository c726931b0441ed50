"""`leakguard drill list`: which scenarios there are."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.models.texts import counted

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
    from leakguard.drills.times import begins_at, ends_at  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.drills.drill_scenarios import known_names, list_scenarios  # noqa: PLC0415  (as above)

    wiring = context.wiring
    found = list_scenarios(wiring.bundled, known_names(wiring.bundled, wiring.duties()))
    if output_format == "json":
        rows = [
            {
                "scenario": one.scenario, "version": one.version, "title": one.title, "playbook": one.playbook,
                "days": (ends_at(one) - begins_at(one)).days, "injects": len(one.injects), "about": list(one.about),
            }
            for one in found
        ]  # fmt: skip
        click.echo(json.dumps({"scenarios": rows}, ensure_ascii=False))
        return ExitCode.CLEAN
    for one in found:
        days = (ends_at(one) - begins_at(one)).days
        click.echo(f"{one.scenario}, version {one.version}: {one.title}")
        click.echo(f"  {counted(days, 'day')}, {counted(len(one.injects), 'inject')}, {one.playbook}")
        for line in one.about:
            click.echo(f"  {line}")
    return ExitCode.CLEAN
