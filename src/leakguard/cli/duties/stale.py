"""`leakguard duties stale`: duties that nobody checked for long."""

from __future__ import annotations

import json

import click

from leakguard.cli.moments import moment_in
from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.use_cases.letters.look_up_duties import STALE_DAYS, stale_duties

_EPILOG = f"""\b
Examples:
  leakguard duties stale
  leakguard duties stale --now 2027-06-01T00:00Z --format json

\b
Stale means not checked for {STALE_DAYS} days.
Exit codes: 0 none, 1 some are stale.
"""


@click.command(epilog=_EPILOG)
@click.option("--now", metavar="TIME", help="The moment to judge for (default: now).")
@format_option("text", "json")
@pass_context
def stale_cmd(context: Context, *, now: str | None, output_format: str) -> int:
    """Name the duties that must be read against their source again."""
    wiring = context.wiring
    moment = moment_in(now, zone=wiring.settings.zone) if now else wiring.now()
    found = stale_duties(wiring.duties(), moment)
    if output_format == "json":
        rows = [
            {"id": one.duty.id, "verified_on": one.duty.verified_on.isoformat(), "days": one.days,
             "source_url": one.duty.source_url}
            for one in found
        ]  # fmt: skip
        click.echo(json.dumps({"stale": rows}))
    else:
        for one in found:
            checked = f"checked on {one.duty.verified_on}, {counted(one.days, 'day')} ago"
            context.say(f"{one.duty.id}: {checked}; {one.duty.source_url}")
    return ExitCode.EXPOSED if found else ExitCode.CLEAN
