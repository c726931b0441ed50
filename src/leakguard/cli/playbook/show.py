"""`leakguard playbook list` and `show`: the playbooks, and one from its first step to its last."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.cli.playbook.files import playbook_file
from leakguard.errors import ExitCode
from leakguard.outputs.playbook import playbook_lines, playbook_row_json, playbooks_table
from leakguard.playbooks.definitions import snapshot_of
from leakguard.use_cases.incidents.playbooks import list_playbooks

_EPILOG = """\b
Examples:
  leakguard playbook show exposed-datastore-24h
  leakguard playbook show exposed-datastore-24h --format json
  leakguard playbook show exposed-datastore-24h --format yaml > our_own.yaml  # to write your own
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="NAME|FILE")
@format_option("text", "json", "yaml")
@pass_context
def show_cmd(context: Context, *, name: str, output_format: str) -> int:
    """Show the playbook NAME, or the one in FILE: roles, clocks, and steps with owner and due time.

    --format yaml prints the file itself, to copy and change.
    """
    file = playbook_file(context, name)
    found = file.playbook
    if output_format == "yaml":
        click.echo(file.text, nl=not file.text.endswith("\n"))
    elif output_format == "json":
        click.echo(json.dumps({"playbook": json.loads(snapshot_of(found))}))
    else:
        context.show(playbook_lines(found), is_page=True)
    return ExitCode.CLEAN


_LIST_EPILOG = """\b
Examples:
  leakguard playbook list
  leakguard playbook list --format json
"""


@click.command(epilog=_LIST_EPILOG)
@format_option("text", "json")
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the playbooks."""
    found = list_playbooks(context.wiring.bundled)
    if output_format == "json":
        click.echo(json.dumps({"playbooks": [playbook_row_json(playbook) for playbook in found]}))
    else:
        context.console.print(playbooks_table(found))
    return ExitCode.CLEAN
