"""`leakguard checks list` and `show`: every check, and what one asks, how it judges, how its finding is fixed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.checks import (
    check_json,
    check_page,
    checks_table,
    cloud_check_json,
    cloud_checks_table,
    described,
    described_owned,
)
from leakguard.use_cases.scans.start_scan import pick_checks

_EPILOG = """\b
Examples:
  leakguard checks show elasticsearch_open
  leakguard checks show redis_open --format json
  leakguard checks show redis_open --format md
  leakguard checks show aws_s3_bucket_public
"""


@click.command(epilog=_EPILOG)
@click.argument("identifier", metavar="ID")
@format_option("text", "json", "md")
@pass_context
def show_cmd(context: Context, *, identifier: str, output_format: str) -> int:
    """Show what the check ID asks, how it judges the answers, and how to fix its finding."""
    if not any(each.id == identifier for each in context.wiring.checks) and _show_owned(
        context, identifier, output_format
    ):
        return ExitCode.CLEAN
    (check,) = pick_checks(context.wiring.checks, (identifier,))
    if output_format == "md":
        click.echo(check_page(check), nl=False)
    else:
        _print(context, check.stated, described(check), is_json=output_format == "json")
    return ExitCode.CLEAN


def _show_owned(context: Context, identifier: str, output_format: str) -> bool:
    """Show a check of AWS settings, if there is one with this id."""
    owned = next((cloud_check for cloud_check in context.wiring.cloud_checks if cloud_check.id == identifier), None)
    if owned is None:
        return False
    from leakguard.outputs.checks import cloud_check_page  # noqa: PLC0415  (`--help` must not load it)

    if output_format == "md":
        click.echo(cloud_check_page(owned), nl=False)
    else:
        _print(context, owned.model_dump(mode="json"), described_owned(owned), is_json=output_format == "json")
    return True


def _print(context: Context, stated: Any, lines: Iterable[str], *, is_json: bool) -> None:  # noqa: ANN401  (as the file has it)
    if is_json:
        click.echo(json.dumps(stated))
    else:
        context.show(lines)


_LIST_EPILOG = """\b
Examples:
  leakguard checks list
  leakguard checks list --format json
  leakguard checks list --aws
"""


@click.command(epilog=_LIST_EPILOG)
@click.option("--aws", is_flag=True, help="Use the checks of AWS account settings instead.")
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, aws: bool, output_format: str) -> int:
    """List the checks and the ports that they probe."""
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
        click.echo(json.dumps({"checks": [check_json(check) for check in checks]}))
    else:
        context.console.print(checks_table(checks))
    return ExitCode.CLEAN
