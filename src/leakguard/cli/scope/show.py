"""`leakguard scope show` and `check`: the scope as it is understood, and whether a target may be probed."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option
from leakguard.errors import ExitCode
from leakguard.models.findings import is_resource
from leakguard.outputs.scope import scope_json, scope_lines
from leakguard.scanning.gate import Gate
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.plan_scan import plan_scan

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
    """Show the scope. A scope that is not valid today is refused."""
    found = load_scope(context, scope)
    if output_format == "json":
        click.echo(json.dumps(scope_json(found), ensure_ascii=False))
        return
    context.show(scope_lines(found))


_CHECK_EPILOG = """\b
Examples:
  leakguard scope check 192.0.2.7:9200
  leakguard scope check s3://campus-backups
  leakguard scope check aws://123456789012
"""


@click.command(epilog=_CHECK_EPILOG)
@click.argument("target")
@scope_option
@pass_context
def check_cmd(context: Context, *, target: str, scope: str | None) -> int:
    """Say whether TARGET may be probed. If it may not, the exit code is 2."""
    found = load_scope(context, scope)
    if is_resource(target):
        Gate(scope=found).check_accounts([target.removeprefix("aws://").partition("/")[0]])
    else:
        plan_scan((parse_target(target),), found, ports=(), resolve=context.wiring.resolve)
    context.say(f"{target}: in the scope `{found.name}`, until {found.valid_until}")
    return ExitCode.CLEAN
