"""What the commands about the clocks of an incident share: how they stood at a moment, and how that is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from leakguard.cli.clock_warning import contradicted, doubted, warn_of_contradiction
from leakguard.cli.laws import facts_at, reach_of, watched_here
from leakguard.clocks.clock_status import ClockStatus, exit_code
from leakguard.errors import ExitCode
from leakguard.files.opening import read_text
from leakguard.models.texts import counted
from leakguard.outputs.clock import statuses_json, statuses_texts
from leakguard.outputs.words import printable
from leakguard.use_cases.alerts.stood_clocks import ClocksAsOf, ClocksQuery, clocks_at
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE
from leakguard.use_cases.proofs.clock_remarks import LEDGER, MACHINE, clocks_in_doubt

if TYPE_CHECKING:
    from leakguard.alerts.forecast import Forecast
    from leakguard.cli.options import Context
    from leakguard.use_cases.incidents.unknown_law import UnknownLaw
    from leakguard.use_cases.incidents.watched_laws import WatchedLaws


def incident_statuses(context: Context, asked: ClocksQuery) -> ClocksAsOf:
    """How all clocks of the incident stood, by default now; says on stderr what nobody can tell."""
    wiring = context.wiring
    store = wiring.existing_store
    doubt = contradicted(context, asked.incident)
    ahead = context.clock_doubt
    stood = clocks_at(
        asked, wiring.bundled, store, reach=lambda: reach_of(context), now=wiring.now, doubt=doubt,
        ahead_at=ahead.recorded_at if ahead is not None else None,
    )  # fmt: skip
    warn_of_contradiction(context, doubt, clocks_in_doubt(stood.remarks, LEDGER))
    if over := clocks_in_doubt(stood.remarks, MACHINE):
        names = ", ".join(printable(clock) for clock in over)
        click.echo(f"  If this machine's clock is the wrong one, these limits are over already: {names}", err=True)
    return stood


def asked_of(incident: str, now: str | None, facts: str | None = None) -> ClocksQuery:
    """What the options say; `facts` is the path of a facts file."""
    return ClocksQuery(incident=incident, at=now, facts=(facts, read_text(facts)) if facts is not None else None)


def incident_laws(context: Context, identifier: str, facts: str | None = None) -> WatchedLaws:
    """The laws that are watched for the incident and why, and the places for which no rule or calendar is known.

    With a facts file every law is looked at and the facts decide; then the places that they name count as well.
    """
    wiring = context.wiring
    stated = facts_at(context, facts, identifier)
    reach = reach_of(context, stated) if stated is None or context.laws is not None else EVERYWHERE
    records = tuple(wiring.existing_store.read(identifier))
    return watched_here(reach, records, wiring.duty_rows(), stated)


def print_statuses(
    context: Context,
    statuses: Sequence[ClockStatus],
    *,
    now: datetime,
    output_format: str,
    late: Mapping[str, Forecast] | None = None,
    laws: WatchedLaws | None = None,
    unknown: Sequence[UnknownLaw] | None = None,
) -> ExitCode:
    """Print all statuses; returns the exit code, 4 when a deadline was missed.

    `late` has, by clock, the work that no longer fits into the time that is left; `unknown` are the duties of the
    incident whose law of the day nobody knows.
    """
    late = late or {}
    if output_format == "json":
        document = doubted(context, statuses_json(statuses, now, late, laws, unknown))
        click.echo(json.dumps(document, ensure_ascii=False))
        return exit_code(statuses)
    for text in statuses_texts(statuses, late, width=context.width):
        context.say_styled(text)
    if not statuses:
        context.remark("There are no clocks here.")
    elif left_out := statuses[0].recorded_later_count:
        were, them = ("was", "it") if left_out == 1 else ("were", "them")
        context.remark(
            f"{counted(left_out, 'event')} {were} recorded only after this moment, so no clock counts {them}."
        )
    return exit_code(statuses)
