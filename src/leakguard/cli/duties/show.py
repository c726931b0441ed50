"""`leakguard duties list`, `show` and `stale`: the duties, all of one, and those that nobody checked for long."""

from __future__ import annotations

import json
from typing import Any

import click
import yaml

from leakguard.cli.moments import moment_in
from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.outputs.duties import duties_table, duty_json
from leakguard.outputs.provenance import provenance_lines, tried_lines
from leakguard.use_cases.letters.look_up_duties import STALE_DAYS, pick_duties, stale_duties

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
    """Show the duty ID as its file states it: rule, stages and clocks, contents, source and kind of source."""
    found = context.wiring.duties().duty(identifier)
    duty: dict[str, Any] = found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if output_format == "json":
        click.echo(json.dumps(duty))
    else:
        click.echo(yaml.safe_dump(duty, sort_keys=False, allow_unicode=True, width=100), nl=False)
        for line in (*provenance_lines(found), *tried_lines(found)):
            click.echo(f"# {line}")
        click.echo("# Nothing here is legal advice.")
    return ExitCode.CLEAN


_LIST_EPILOG = """\b
Examples:
  leakguard duties list
  leakguard duties list --jurisdiction Japan
  leakguard duties list --status not_in_force --format json
"""


@click.command(epilog=_LIST_EPILOG)
@click.option(
    "--jurisdiction",
    metavar="NAME",
    help="Only duties of this jurisdiction, by its name in the list or the beginning of that name.",
)
@click.option(
    "--status",
    type=click.Choice(["in_force", "not_in_force", "proposed", "voluntary"]),
    help="Only duties with this status.",
)
@format_option("table", "json")
@pass_context
def list_cmd(context: Context, *, jurisdiction: str | None, status: str | None, output_format: str) -> int:
    """List the duties that ship with LeakGuard, and those of your organisation."""
    duties = pick_duties(context.wiring.duties(), jurisdiction=jurisdiction, status=status)
    if output_format == "json":
        click.echo(json.dumps({"duties": [duty_json(duty) for duty in duties]}))
        return ExitCode.CLEAN
    context.console.print(duties_table(duties))
    return ExitCode.CLEAN


_STALE_EPILOG = f"""\b
Examples:
  leakguard duties stale
  leakguard duties stale --now 2027-06-01T00:00Z --format json

Stale means not checked for {STALE_DAYS} days.

Exit codes: 0 none, 1 some are stale.
"""


@click.command(epilog=_STALE_EPILOG)
@click.option("--now", metavar="TIME", help="List the duties that are stale at TIME (default: now).")
@format_option("text", "json")
@pass_context
def stale_cmd(context: Context, *, now: str | None, output_format: str) -> int:
    """List the duties that must be compared with their source again."""
    wiring = context.wiring
    moment = moment_in(now, zone=wiring.settings.zone) if now else wiring.now()
    found = stale_duties(wiring.duties(), moment)
    if output_format == "json":
        rows = [
            {"id": stale.duty.id, "verified_on": stale.duty.verified_on.isoformat(), "days": stale.days,
             "source_url": stale.duty.source_url}
            for stale in found
        ]  # fmt: skip
        click.echo(json.dumps({"stale": rows}))
    else:
        for duty in found:
            checked = f"checked on {duty.duty.verified_on}, {counted(duty.days, 'day')} ago"
            context.say(f"{duty.duty.id}: {checked}; {duty.duty.source_url}")
    return ExitCode.EXPOSED if found else ExitCode.CLEAN
