"""Acknowledges alarms: it stops the repeats and the next levels for a while, never the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from leakguard.alerts.ahead import as_of
from leakguard.alerts.history import History, Message, history_of
from leakguard.alerts.marks import is_watched, marks_of
from leakguard.alerts.records import acknowledged_record
from leakguard.clocks.clock_status import ClockStatus
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.logs import log
from leakguard.models.moments import to_z
from leakguard.models.people import refuse_nameless
from leakguard.models.subjects import is_incident, subject_kind
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incidents import incident_of

LONGEST = timedelta(hours=24)
"""Whoever acknowledges for longer than a shift is asleep when it matters."""


Statuses = Callable[[], Sequence[ClockStatus]]


class AcknowledgedAlerts(Frozen):
    """What was acknowledged, and until when that holds."""

    incident: str
    clocks: tuple[str, ...]
    by: str
    until: datetime


def acknowledge(
    journal: Journal, incident: str, what: str, *, by: str, lasts: timedelta, now: Now, statuses: Statuses = tuple
) -> AcknowledgedAlerts:
    """Acknowledge the alarms of a clock, or of a message by its id `A-...`, for a limited time.

    `incident` may be any subject with deadlines: a report, the transfers, the sites.

    `statuses` tells how the clocks of the incident stand; it is asked only where `what` has no alarm.
    Raises `NotFound` for an incident, a clock or a message without an alarm, `UsageProblem` for a wrong time or name,
    `NotAllowed` for a message about clocks of which more urgent alerts have been raised since.
    """
    refuse_nameless(by)
    if not timedelta(0) < lasts <= LONGEST:
        raise UsageProblem("an acknowledgement lasts for up to 24 hours", next_step="Write for example: --for PT2H")
    records = tuple(journal.read(incident))
    if is_incident(incident) or not (subject_kind(incident) and records):
        incident_of(incident, records)
    clocks = _clocks(history_of(incident, records), what, statuses, now)
    at = now()
    until = at + lasts
    journal.append(incident, (acknowledged_record(clocks, by=by.strip(), until=until, now=at),))
    log.info("alert_acknowledged", incident=incident, count=len(clocks), seconds=lasts.total_seconds())
    return AcknowledgedAlerts(incident=incident, clocks=clocks, by=by.strip(), until=until)


def _clocks(history: History, what: str, statuses: Statuses, now: Now) -> tuple[str, ...]:
    message = next((one for one in history.messages if one.id == what), None)
    if message is not None:
        return _not_more_urgent(message, as_of(history, now()))
    clocks = list(dict.fromkeys(alarm.clock for one in history.messages for alarm in one.alarms))
    if what in clocks:
        return (what,)
    _refuse_silent(history.incident, next((status for status in statuses() if status.id == what), None), now())
    near = nearest_name(what, [*clocks, *(one.id for one in history.messages)])
    hint = f" (did you mean `{near}`?)" if near else ""
    raise NotFound(
        f"{history.incident} has no alert `{what[:60]}`{hint}",
        next_step="See them: leakguard watchman check",
    )


def _not_more_urgent(message: Message, history: History) -> tuple[str, ...]:
    """The clocks of a message, without those that are more urgent by now: nobody has seen that who answers this one."""
    names = dict.fromkeys(alarm.clock for alarm in message.alarms)
    urgent = history.more_urgent(message)
    if len(urgent) < len(names):
        return tuple(name for name in names if name not in urgent)
    latest = max(urgent.values(), key=lambda one: one.entry)
    raise NotAllowed(
        f"{message.id} is over: the more urgent alert {latest.id} was raised since about {', '.join(urgent)[:200]}",
        next_step=f"Acknowledge that one: leakguard clock ack {history.incident} {latest.id}",
    )


def _refuse_silent(incident: str, clock: ClockStatus | None, now: datetime) -> None:
    """A clock that is there and has raised no alert: say so, and when the first one comes."""
    if clock is None:
        return
    ahead = [mark.at for mark in marks_of(clock) if mark.at > now] if is_watched(clock) else []
    first = f"The first one comes at {to_z(min(ahead).replace(microsecond=0))}. " if ahead else ""
    raise NotFound(
        f"`{clock.id}` has raised no alert yet, so there is nothing to acknowledge",
        next_step=f"{first}See the clocks: leakguard clock list --incident {incident}",
    )
