"""What goes on after an incident was closed: the clocks of laws that nobody has met, cancelled or ruled out."""

from __future__ import annotations

from datetime import datetime

from leakguard.alarms.marks import is_law, is_watched
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import EVERYTHING
from leakguard.ports import Journal
from leakguard.use_cases.alarms.watchman import Rules
from leakguard.use_cases.cases.incident_clocks import standings


def still_running(journal: Journal, rules: Rules, incident: str, now: datetime) -> tuple[Standing, ...]:
    """The clocks of laws that are watched although the incident is closed, the nearest limit first."""
    records = tuple(journal.read(incident))
    found = standings(journal, incident, rules(incident, records), Calendars(), now, known_at=EVERYTHING)
    running = (one for one in found if is_law(one) and is_watched(one))
    return tuple(sorted(running, key=lambda one: (one.work_by is None, one.work_by or now, one.id)))
