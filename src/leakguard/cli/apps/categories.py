"""`leakguard app categories`: the 39 categories, and the personal information that each needs."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.app_json import categories_json
from leakguard.outputs.apps import categories_table

_EPILOG = """\b
Examples:
  leakguard app categories
  leakguard app categories --format json
"""


@click.command(epilog=_EPILOG)
@format_option("table", "json")
@pass_context
def categories_cmd(context: Context, *, output_format: str) -> int:
    """List the categories of the Chinese provisions of 2021 on apps, and what each category needs."""
    rules = context.wiring.app_rules()
    if output_format == "json":
        click.echo(json.dumps(categories_json(rules), ensure_ascii=False))
    else:
        context.console.print(categories_table(rules))
    return ExitCode.CLEAN
