"""What `clock list` and `clock why` share: the standings of an incident at a moment."""

from __future__ import annotations

from datetime import datetime

from leakguard.cli.options import Context, read_text
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing
from leakguard.clocks.times import parse_instant
from leakguard.models.moments import to_z
from leakguard.use_cases.cases.incident_clocks import called_for, standings
from leakguard.use_cases.cases.incident_rules import EVERYWHERE, incident_rules
from leakguard.use_cases.cases.incidents import load_incident, present


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
    rules = incident_rules(wiring.bundled, store, identifier, EVERYWHERE if facts else wiring.reach)
    if facts is not None:
        rules = called_for(rules, wiring.bundled, store, identifier, (facts, read_text(facts)), moment)
    return moment, standings(store, identifier, rules, Calendars(), moment)


def _present(context: Context, identifier: str) -> datetime:
    """The present of an incident; says so where the machine's clock lies behind what is known already."""
    now = context.wiring.now()
    moment = present(context.wiring.existing_store.read(identifier), now)
    if moment > now:
        said = f"The clock of this machine is behind the last record of {identifier}: reckoned for {to_z(moment)}."
        context.notes.print(said, soft_wrap=True)
    return moment
