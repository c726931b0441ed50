"""What `clock list` and `clock why` share: the standings of an incident at a moment."""

from __future__ import annotations

from datetime import datetime

from leakguard.cli.options import Context, read_text
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import EVERYTHING
from leakguard.clocks.times import parse_instant
from leakguard.use_cases.cases.incident_clocks import called_for, standings
from leakguard.use_cases.cases.incident_rules import EVERYWHERE, incident_rules
from leakguard.use_cases.cases.incidents import load_incident


def incident_standings(
    context: Context, identifier: str, now: str | None, facts: str | None = None
) -> tuple[datetime, tuple[Standing, ...]]:
    """The moment that was asked for, and how all clocks of the incident stood then.

    `facts` is the path of a facts file: duties that it rules out are left away.
    """
    wiring = context.wiring
    store = wiring.existing_store
    incident = load_incident(store, identifier)
    moment = parse_instant(now, zone=incident.zone) if now else wiring.now()
    known_at = None if now else EVERYTHING
    rules = incident_rules(wiring.bundled, store, identifier, EVERYWHERE if facts else wiring.reach)
    if facts is not None:
        rules = called_for(rules, wiring.bundled, store, identifier, (facts, read_text(facts)), moment, known_at)
    return moment, standings(store, identifier, rules, Calendars(), moment, known_at=known_at)
