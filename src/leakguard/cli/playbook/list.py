"""`leakguard playbook list`: every playbook there is."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.playbook import playbook_row_json, playbooks_table
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
        click.echo(json.dumps({"playbooks": [playbook_row_json(one) for one in found]}))
    else:
        context.console.print(playbooks_table(found))
    return ExitCode.CLEAN
