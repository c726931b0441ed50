"""`leakguard playbook list`: every playbook there is."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.use_cases.incidents.playbooks import list_playbooks

_EPILOG = """\b
Examples:
  leakguard playbook list
  leakguard playbook list --format json
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the playbooks."""
    found = list_playbooks(context.wiring.bundled)
    if output_format == "json":
        rows = [
            {
                "name": one.playbook,
                "title": one.title,
                "version": one.version,
                "tested_on": one.tested_on,
                "steps": len(one.steps),
            }
            for one in found
        ]
        click.echo(json.dumps({"playbooks": rows}))
        return ExitCode.CLEAN
    for one in found:
        tested = f"walked on {one.tested_on}" if one.tested_on else "never walked"
        click.echo(f"{one.playbook}  version {one.version}, {counted(len(one.steps), 'step')}, {tested}  {one.title}")
    return ExitCode.CLEAN
