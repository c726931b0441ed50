"""What `clock list` and `clock why` share: the standings of an incident at a moment."""

from __future__ import annotations

from datetime import datetime

from leakguard.cli.options import Context
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing
from leakguard.clocks.times import parse_instant
from leakguard.use_cases.incident_clocks import incident_rules, standings
from leakguard.use_cases.incidents import load_incident


def incident_standings(context: Context, identifier: str, now: str | None) -> tuple[datetime, tuple[Standing, ...]]:
    """The moment that was asked for, and how all clocks of the incident stood then."""
    wiring = context.wiring
    incident = load_incident(wiring.existing_store, identifier)
    moment = parse_instant(now, zone=incident.zone) if now else wiring.now()
    rules = incident_rules(wiring.bundled, wiring.existing_store, identifier)
    return moment, standings(wiring.existing_store, identifier, rules, Calendars(), moment)
