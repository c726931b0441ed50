"""`leakguard oncall set`."""

from __future__ import annotations

import json

import click

from leakguard.cli.moments import moment_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.outputs.oncall import shift_json, shift_line
from leakguard.use_cases.accounts.manage_oncall import NewShift, set_shift
from leakguard.use_cases.accounts.rosters import read_roster

_EPILOG = """\b
Examples:
  leakguard oncall set commander "Li Wei" --until 2026-12-07T09:00
  leakguard oncall set commander "Li Wei" "Anna Berg" --from 2026-12-07T09:00 --until 2026-12-14T09:00
  leakguard oncall set deputy --nobody --from 2026-12-24T18:00 --until 2026-12-27T09:00

Exit codes: 0 recorded, 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.argument("role")
@click.argument("people", nargs=-1)
@click.option("--from", "start", metavar="T", help="Start of the shift (default: now).")
@click.option("--until", "end", metavar="T", help="End of the shift (default: until another shift is set).")
@click.option("--nobody", is_flag=True, help="Set that nobody holds the role during this time.")
@click.option("--reason", default="", help="Why, such as a swap.")
@records("Person who sets the shift")
@format_option("text", "json")
@store_option
@pass_context
def set_cmd(
    context: Context, *, role: str, people: tuple[str, ...], start: str | None, end: str | None, nobody: bool,
    reason: str, output_format: str,
) -> int:  # fmt: skip
    """Set that PEOPLE, accounts of this store, hold ROLE. The first one gets the alerts first.

    If an alert is not acknowledged, the next person gets it. For its time, a later entry overrides an earlier one
    and the calendar.
    """
    if bool(people) == nobody:
        raise UsageProblem("name somebody, or say --nobody", next_step=f'leakguard oncall set {role} "NAME" --until T')
    wiring = context.wiring
    zone, store = wiring.settings.zone, wiring.existing_store
    new = NewShift(
        role=role, people=people, start=moment_in(start, zone=zone) if start else None,
        end=moment_in(end, zone=zone) if end else None, reason=reason,
    )  # fmt: skip
    shift = set_shift(store, wiring, new)
    known = read_roster(store, None, zone=wiring.zone, now=wiring.now())
    if output_format == "json":
        click.echo(json.dumps(shift_json(known, shift), ensure_ascii=False))
    else:
        context.say(shift_line(known, shift, zone))
    return ExitCode.CLEAN
