"""`leakguard oncall list`."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from leakguard.cli.moments import moment_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.oncall import oncall_json, oncall_lines
from leakguard.use_cases.accounts.rosters import AFTER, read_roster

_EPILOG = """\b
Examples:
  leakguard oncall list
  leakguard oncall list --at 2026-12-24T22:00
  leakguard oncall list --format json

Exit codes: 0 shown.
"""


@click.command(epilog=_EPILOG)
@click.option("--at", metavar="T", help="Show who is on call at T (default: now).")
@click.option(
    "--days",
    type=click.IntRange(1, AFTER.days),
    default=7,
    show_default=True,
    help="How many days of coming shifts to show.",
)
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, at: str | None, days: int, output_format: str) -> int:
    """Show who holds each role now and next, and the coming shifts of the ledger and the calendar."""
    from leakguard.use_cases.alerts.on_call import roster_problems, roster_remarks  # noqa: PLC0415  (`--help` must not load it)

    wiring = context.wiring
    moment = moment_in(at, zone=wiring.settings.zone) if at else wiring.now()
    known = read_roster(wiring.existing_store, wiring.calendar(), zone=wiring.zone, now=moment)
    watch, zone = wiring.settings.watch, wiring.settings.zone
    roles = tuple(dict.fromkeys(level.role for level in watch.escalation.levels))
    problems = (*roster_problems(known, watch, roles, moment), *roster_remarks(known, roles, moment))
    until = moment + timedelta(days=days)
    if output_format == "json":
        document = oncall_json(known, moment, until, () if known.is_empty else problems)
        click.echo(json.dumps(document, ensure_ascii=False))
        return ExitCode.CLEAN
    if known.is_empty:
        context.say("Nobody is on a roster: alerts go to the channels of leakguard.toml.")
        context.remark("Say who is on call: leakguard oncall set ROLE NAME --until T")
        return ExitCode.CLEAN
    context.show(oncall_lines(known, moment, until, zone))
    for problem in problems:
        context.warn(f"{problem.text}. {problem.next_step}")
    return ExitCode.CLEAN
