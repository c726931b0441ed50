"""`leakguard checks list`: every check, one a line."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.checks import check_json, checks_table, cloud_check_json, cloud_checks_table

_EPILOG = """\b
Examples:
  leakguard checks list
  leakguard checks list --format json
  leakguard checks list --aws
"""


@click.command(epilog=_EPILOG)
@click.option("--aws", is_flag=True, help="Those that judge the settings of your own AWS accounts.")
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, aws: bool, output_format: str) -> int:
    """List the checks and the ports that they try."""
    is_json = output_format == "json"
    if aws:
        owned = context.wiring.cloud_checks
        if is_json:
            click.echo(json.dumps({"checks": [cloud_check_json(each) for each in owned]}))
        else:
            context.console.print(cloud_checks_table(owned))
        return ExitCode.CLEAN
    checks = context.wiring.checks
    if is_json:
        click.echo(json.dumps({"checks": [check_json(each) for each in checks]}))
    else:
        context.console.print(checks_table(checks))
    return ExitCode.CLEAN
