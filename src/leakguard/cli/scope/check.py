"""`leakguard scope check`: may this target be probed?"""

from __future__ import annotations

import click

from leakguard.cli.options import Context, load_scope, pass_context, scope_option
from leakguard.errors import ExitCode
from leakguard.models.findings import is_resource
from leakguard.scanning.gate import Gate
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.plan_scan import plan_scan

_EPILOG = """\b
Examples:
  leakguard scope check 192.0.2.7:9200
  leakguard scope check s3://campus-backups
  leakguard scope check aws://123456789012
"""


@click.command(epilog=_EPILOG)
@click.argument("target")
@scope_option
@pass_context
def check_cmd(context: Context, *, target: str, scope: str | None) -> int:
    """Say whether TARGET may be probed; exit 2 when it may not."""
    found = load_scope(context, scope)
    if is_resource(target):
        Gate(scope=found).check_accounts([target.removeprefix("aws://").partition("/")[0]])
    else:
        plan_scan((parse_target(target),), found, ports=(), resolve=context.wiring.resolve)
    context.say(f"{target}: in the scope `{found.name}`, until {found.valid_until}")
    return ExitCode.CLEAN
