"""Acknowledges alarms: it stops the repeats and the next levels for a while, never the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from leakguard.alarms.history import History, history_of
from leakguard.alarms.records import acknowledged_record
from leakguard.errors import NotFound, UsageProblem
from leakguard.files.shapes import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.people import refuse_nameless
from leakguard.ports import Journal, Now
from leakguard.use_cases.cases.incidents import incident_of

LONGEST = timedelta(hours=24)
"""Whoever acknowledges for longer than a shift is asleep when it matters."""


class Acknowledged(Frozen):
    """What was acknowledged, and until when that holds."""

    incident: str
    clocks: tuple[str, ...]
    by: str
    until: datetime


def acknowledge(journal: Journal, incident: str, what: str, *, by: str, lasts: timedelta, now: Now) -> Acknowledged:
    """Acknowledge the alarms of a clock, or of a message by its id `A-...`, for a limited time.

    Raises `NotFound` for an incident, a clock or a message without an alarm, `UsageProblem` for a wrong time or name.
    """
    refuse_nameless(by)
    if not timedelta(0) < lasts <= LONGEST:
        raise UsageProblem("an acknowledgement lasts for up to 24 hours", next_step="Write for example: --for PT2H")
    records = tuple(journal.read(incident))
    incident_of(incident, records)
    clocks = _clocks(history_of(incident, records), what)
    at = now()
    until = at + lasts
    journal.append(incident, (acknowledged_record(clocks, by=by.strip(), until=until, now=at),))
    return Acknowledged(incident=incident, clocks=clocks, by=by.strip(), until=until)


def _clocks(history: History, what: str) -> tuple[str, ...]:
    message = next((one for one in history.messages if one.id == what), None)
    if message is not None:
        return tuple(dict.fromkeys(alarm.clock for alarm in message.alarms))
    clocks = list(dict.fromkeys(alarm.clock for one in history.messages for alarm in one.alarms))
    if what in clocks:
        return (what,)
    near = nearest_name(what, [*clocks, *(one.id for one in history.messages)])
    hint = f" (did you mean `{near}`?)" if near else ""
    raise NotFound(
        f"{history.incident} has no alarm `{what[:60]}`{hint}",
        next_step="See them: leakguard watchman check",
    )
