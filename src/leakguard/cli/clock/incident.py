"""What `clock list` and `clock why` share: the standings of an incident at a moment."""

from __future__ import annotations

from datetime import datetime

from leakguard.cli.laws import facts_at, reach_of, watched_here
from leakguard.cli.options import Context, read_text
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing
from leakguard.clocks.times import parse_instant
from leakguard.models.moments import to_z
from leakguard.use_cases.cases.incident_clocks import called_for, standings
from leakguard.use_cases.cases.incident_rules import EVERYWHERE, incident_rules
from leakguard.use_cases.cases.incidents import load_incident, present
from leakguard.use_cases.cases.watched_laws import Watched


def incident_standings(
    context: Context, identifier: str, now: str | None, facts: str | None = None
) -> tuple[datetime, tuple[Standing, ...]]:
    """The moment that was asked for, and how all clocks of the incident stood then.

    `facts` is the path of a facts file: duties that it rules out are left away.
    """
    wiring = context.wiring
    store = wiring.existing_store
    incident = load_incident(store, identifier)
    moment = parse_instant(now, zone=incident.zone) if now else _present(context, identifier)
    rules = incident_rules(wiring.bundled, store, identifier, EVERYWHERE if facts else reach_of(context))
    if facts is not None:
        rules = called_for(rules, wiring.bundled, store, identifier, (facts, read_text(facts)), moment)
    return moment, standings(store, identifier, rules, Calendars(), moment)


def incident_laws(context: Context, identifier: str, facts: str | None = None) -> Watched:
    """The laws that are watched for the incident and why, and the places for which no rule or calendar is known.

    With a facts file every law is looked at and the facts decide; then the places that they name count as well.
    """
    wiring = context.wiring
    stated = facts_at(context, facts, identifier)
    reach = reach_of(context, stated) if stated is None or context.laws is not None else EVERYWHERE
    records = tuple(wiring.existing_store.read(identifier))
    return watched_here(reach, records, wiring.duties(), stated)


def _present(context: Context, identifier: str) -> datetime:
    """The present of an incident; says so where the machine's clock lies behind what is known already."""
    now = context.wiring.now()
    moment = present(context.wiring.existing_store.read(identifier), now)
    if moment > now:
        said = f"The clock of this machine is behind the last record of {identifier}: reckoned for {to_z(moment)}."
        context.notes.print(said, soft_wrap=True)
    return moment
