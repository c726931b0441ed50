"""What `clock list` and `clock why` share: the standings of an incident at a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import click

from leakguard.cli.clock_warning import contradicted, warn_of_contradiction
from leakguard.cli.laws import facts_at, reach_of, watched_here
from leakguard.cli.options import Context, read_text
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing, exit_code
from leakguard.clocks.stories import EVERYTHING
from leakguard.clocks.times import parse_instant
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incident_clocks import Readable, called_for, standings
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE, incident_rules
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.watched_laws import Watched


class Stood(Frozen):
    """How the clocks of an incident stood at the moment that was asked for."""

    now: datetime
    standings: tuple[Standing, ...]
    undecided: tuple[str, ...] = ()
    """Clocks of which limit or end depends on which of two clocks is wrong: this machine's, or one of the ledger."""

    @property
    def exit_code(self) -> ExitCode:
        """4 when a deadline was missed; 3 where that depends on which of two clocks is wrong."""
        code = exit_code(self.standings)
        return ExitCode.UNFINISHED if code is ExitCode.CLEAN and self.undecided else code


def incident_standings(context: Context, identifier: str, now: str | None, facts: str | None = None) -> Stood:
    """How all clocks of the incident stood at `now`, by default now; says on stderr what nobody can tell.

    `facts` is the path of a facts file: duties that it rules out are left away.
    """
    wiring = context.wiring
    store = wiring.existing_store
    incident = load_incident(store, identifier)
    moment = parse_instant(now, zone=incident.zone) if now else wiring.now()
    known_at = None if now else EVERYTHING
    rules = incident_rules(wiring.bundled, store, identifier, EVERYWHERE if facts else reach_of(context))
    if facts is not None:
        rules = called_for(rules, wiring.bundled, store, identifier, (facts, read_text(facts)), moment, known_at)
    found = standings(store, identifier, rules, Calendars(), moment, known_at=known_at)

    def read(journal: Readable, at: datetime) -> tuple[Standing, ...]:
        return standings(journal, identifier, rules, Calendars(), at, known_at=known_at)

    undecided = _contradicted(context, identifier, found, lambda journal: read(journal, moment))
    if now or context.clock_doubt is None:
        return Stood(now=moment, standings=found, undecided=undecided)
    later = read(store, context.clock_doubt.recorded_at)
    over = tuple(then.id for one, then in zip(found, later, strict=True) if then.has_failed and not one.has_failed)
    _warn(over)
    return Stood(now=moment, standings=found, undecided=(*undecided, *over))


def _contradicted(
    context: Context, identifier: str, found: tuple[Standing, ...], read: Callable[[Readable], tuple[Standing, ...]]
) -> tuple[str, ...]:
    """The clocks that stand otherwise by one of two clocks that contradict each other in the ledger; warns."""
    doubt = contradicted(context, identifier)
    if doubt is None:
        return ()
    from leakguard.use_cases.proofs.clock_contradictions import either_clock  # noqa: PLC0415  (hardly ever needed)

    readings = [read(journal) for journal in either_clock(context.wiring.existing_store, doubt)]
    undecided = tuple(
        one.id for one, *others in zip(found, *readings, strict=True) if any(map(partial(_differ, one), others))
    )
    warn_of_contradiction(context, doubt, undecided)
    return undecided


def _differ(one: Standing, other: Standing) -> bool:
    return (one.has_failed, one.verdict.ended_event, one.work_by) != (
        other.has_failed, other.verdict.ended_event, other.work_by,
    )  # fmt: skip


def incident_laws(context: Context, identifier: str, facts: str | None = None) -> Watched:
    """The laws that are watched for the incident and why, and the places for which no rule or calendar is known.

    With a facts file every law is looked at and the facts decide; then the places that they name count as well.
    """
    wiring = context.wiring
    stated = facts_at(context, facts, identifier)
    reach = reach_of(context, stated) if stated is None or context.laws is not None else EVERYWHERE
    records = tuple(wiring.existing_store.read(identifier))
    return watched_here(reach, records, wiring.duties(), stated)


def _warn(undecided: tuple[str, ...]) -> None:
    if undecided:
        names = ", ".join(printable(one) for one in undecided)
        click.echo(f"  If this machine's clock is the wrong one, these limits are over already: {names}", err=True)
