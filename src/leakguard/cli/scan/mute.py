"""`leakguard scan mute`: the owner accepts an open finding for a while."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from leakguard.cli.options import Context, pass_context, read_text, store_option
from leakguard.cli.replacing import held
from leakguard.cli.scan.printing import USUAL, mutes_file
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode, NotFound, UsageProblem
from leakguard.models.file_modes import Output
from leakguard.models.findings import Finding
from leakguard.models.mutes import Mute
from leakguard.outputs.words import printable
from leakguard.scanning.mutes import HEAD, LONGEST, entry_text, is_own_form, parse_mutes

_EPILOG = """\b
A muted finding leaves the table and the exit code.
It stays in the store and, marked, in JSON, SARIF, OCSF, CSV and the report.
An entry speaks of one check at one place and, where the store has an id, of that store alone.

\b
Examples:
  leakguard scan mute F-1a2b3c4d5e --reason "public data set" --owner "A. Owner" --until 2027-03-31
  leakguard scan mute F-1a2b3c4d5e --reason "public data set" --owner "A. Owner" --until 2027-03-31 --mutes ours.yaml
"""


@click.command(epilog=_EPILOG)
@click.argument("finding")
@click.option("--reason", required=True, help="Why it may stay open.")
@click.option("--owner", required=True, help="Who answers for it.")
@click.option("--until", required=True, metavar="DAY", help="The last day on which it holds; at most a year ahead.")
@click.option("--mutes", metavar="FILE", help=f"The mute list (default: {USUAL}, or leakguard.toml).")
@store_option
@pass_context
def mute_cmd(context: Context, *, finding: str, reason: str, owner: str, until: str, mutes: str | None) -> int:
    """Accept FINDING until a day: with a reason, and a person who answers for it."""
    known = _finding(context, finding)
    name = mutes or mutes_file(context, None) or USUAL
    mute = Mute(
        check=known.check_id, target=known.place, cluster_id=known.verdict.cluster_id, reason=reason, owner=owner,
        expires=_day(until, today=context.wiring.now().date()),
    )  # fmt: skip
    with held(Path(name), context.wiring.system_time.sleep):
        _add(mute, name, today=context.wiring.now().date())
    context.say(f"{name}: {printable(known.place)} is muted until {mute.expires}")
    return ExitCode.CLEAN


def _add(mute: Mute, name: str, *, today: date) -> None:
    before = read_text(name) if Path(name).exists() else HEAD
    parse_mutes(before, name=name, today=today)
    if not is_own_form(before):
        raise UsageProblem(f"`mutes` does not stand last in {name}", next_step=f"Add it by hand:\n{entry_text(mute)}")
    after = f"{before.rstrip()}\n{entry_text(mute)}"
    parse_mutes(after, name=name, today=today)
    replace_file(name, after, Output.CONFIGURATION)


def _finding(context: Context, identifier: str) -> Finding:
    found = next(iter(context.wiring.existing_store.findings(ids=[identifier])), None)
    if found is None:
        raise NotFound(f"there is no finding `{identifier[:60]}`", next_step="Look: leakguard scan show RUN")
    return found


def _day(text: str, *, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"`{text[:40]}` is no day", next_step="Write it as 2027-03-31.") from error
    if not today <= day <= today + LONGEST:
        raise UsageProblem(f"{day} must lie within a year from {today}", next_step="Name a nearer day.")
    return day
