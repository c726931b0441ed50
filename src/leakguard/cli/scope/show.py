"""`leakguard scope show`: the scope as it is understood."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option
from leakguard.outputs.scope import scope_json, scope_lines

_EPILOG = """\b
Examples:
  leakguard scope show
  leakguard scope show --scope campus.yaml --format json
"""


@click.command(epilog=_EPILOG)
@scope_option
@format_option("text", "json")
@pass_context
def show_cmd(context: Context, *, scope: str | None, output_format: str) -> None:
    """Show the scope; refuses one that is not valid today."""
    found = load_scope(context, scope)
    if output_format == "json":
        click.echo(json.dumps(scope_json(found), ensure_ascii=False))
        return
    context.show(scope_lines(found))
