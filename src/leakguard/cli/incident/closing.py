"""What `incident close`, `reopen`, `show` and `event closed` share: what is missing, and what runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.cli.laws import facts_at, reach_of, watched_here
from leakguard.clocks.clock_status import ClockStatus
from leakguard.files.opening import read_text
from leakguard.use_cases.incidents.incident_rules import Reach
from leakguard.use_cases.incidents.watched_laws import WatchedLaws
from leakguard.use_cases.reports import incident_ends
from leakguard.use_cases.reports.incident_ends import MissingOf

if TYPE_CHECKING:
    from leakguard.cli.options import Context


def missing_of(context: Context, incident: str, reach: Reach, facts: str | None = None) -> MissingOf:
    """What is not finished in an incident, by its records; with facts they say which duties count."""
    stated = (facts, read_text(facts)) if facts is not None else None
    return incident_ends.missing_of(context.wiring, incident, reach, stated)


def reach_for(context: Context, incident: str, facts: str | None) -> tuple[Reach, WatchedLaws]:
    """Whose laws count for closing, and what brings each of them."""
    stated = facts_at(context, facts, incident)
    reach = reach_of(context, stated)
    records = tuple(context.wiring.existing_store.read(incident))
    return reach, watched_here(reach, records, context.wiring.duty_rows(), stated)


def running_of(context: Context, incident: str, reach: Reach) -> tuple[ClockStatus, ...]:
    """The clocks that are watched although the incident is closed."""
    return incident_ends.running_of(context.wiring, incident, reach)
