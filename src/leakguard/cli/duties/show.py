"""`leakguard duties show`: all of one duty."""

from __future__ import annotations

import json
from typing import Any

import click
import yaml

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard duties show eu-gdpr-33-authority
  leakguard duties show sg-pdpa-26d-pdpc --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("identifier", metavar="ID")
@format_option("text", "json")
@pass_context
def show_cmd(context: Context, *, identifier: str, output_format: str) -> int:
    """Show the duty ID as its file has it: rule, stages and clocks, contents, source, kind of source and marks."""
    duty: dict[str, Any] = (
        context.wiring.duties().duty(identifier).model_dump(mode="json", by_alias=True, exclude_unset=True)
    )
    if output_format == "json":
        click.echo(json.dumps(duty))
    else:
        click.echo(yaml.safe_dump(duty, sort_keys=False, allow_unicode=True, width=100), nl=False)
        click.echo("# Nothing here is legal advice.")
    return ExitCode.CLEAN
