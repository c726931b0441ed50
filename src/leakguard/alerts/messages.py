"""What people read: titles, clocks, times and the next command, and never a word of leaked data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.alerts.ahead import told_again
from leakguard.alerts.deadlines_near import MOVED
from leakguard.alerts.forecast import FORECAST
from leakguard.alerts.history import History, Message
from leakguard.alerts.records import KeyedAlertRecord, MissedThreshold, missed_record, raised_record
from leakguard.clocks.durations import parse_threshold
from leakguard.clocks.times import local_words
from leakguard.frozen import Frozen, field, replace
from leakguard.models.alerts import Alert, AlertMessage
from leakguard.models.moments import to_z
from leakguard.models.subjects import is_incident
from leakguard.models.texts import FROM_MEMORY, duration_words, shown

MOST_LINES = 40
"""A message about more clocks than this says how many it leaves out."""
MOST_TITLE = 200
"""Letters of a title; a subject holds less, see `channels.wording`."""

_NAMED = {
    "target": "the aim", MOVED: "the limit is earlier than before", FORECAST: "the work no longer fits",
    "takeover": "another watchman took over",
}  # fmt: skip
"""Thresholds that are no time."""


class IncidentContext(Frozen):
    """What a message says of its incident besides the clocks."""

    title: str = ""
    zone: str = "UTC"
    actions: Mapping[str, str] = field(default_factory=dict)
    """By clock, the command that moves it on."""
    link: str = ""
    """Where people find more; `{incident}` is replaced."""
    is_drill: bool = False


def message_id(alarms: Sequence[Alert]) -> str:
    """The same alarms always make the same message, whoever raises them."""
    keys = "\n".join(sorted(alarm.key for alarm in alarms))
    return f"A-{hashlib.sha256(keys.encode()).hexdigest()[:12]}"


def due_records(
    groups: Iterable[Sequence[Alert]], missed: Iterable[MissedThreshold], history: History, *, now: datetime
) -> list[KeyedAlertRecord]:
    """What one look writes down: the alarms of each group as one message, and what was missed."""
    found = []
    for group in groups:
        alarms = [told_again(alarm, history) for alarm in group]
        found += [raised_record(alarm, message=message_id(alarms), now=now) for alarm in alarms]
    for one in missed:
        found.append(missed_record(replace(one, alarm=told_again(one.alarm, history)), now=now))
    return found


def message_of(
    message: Message, *, incident: str, now: datetime, about: IncidentContext | None = None, is_repeated: bool = False
) -> AlertMessage:
    """The message as it is sent at `now`; the first line of each clock says what is left, or by how much it is late."""
    about = about or IncidentContext()
    alarms = sorted(message.alarms, key=lambda alert: (alert.due_at or alert.at, alert.clock))
    first = alarms[0]
    is_single = len(alarms) == 1
    acknowledge = f"leakguard clock ack {incident} {message.id}"
    what = f"{first.clock}: {_state(first, now)}" if is_single else f"{len(alarms)} clocks: {_together(alarms, now)}"
    lines = [_line(alarm, now, about.zone) for alarm in alarms[:MOST_LINES]]
    if len(alarms) > MOST_LINES:
        see = f"leakguard clock list --incident {incident}" if is_incident(incident) else about.link
        lines.append(f"and {len(alarms) - MOST_LINES} more: {see}")
    if is_repeated:
        lines.append("Sent again, because nobody knows whether it went out the first time.")
    lines.append(f"Acknowledge: {acknowledge}")
    return AlertMessage(
        id=message.id,
        incident=incident,
        clock=first.clock if is_single else "",
        threshold=first.threshold if is_single else "",
        threshold_text=threshold_words(first.threshold) if is_single else "",
        severity=message.severity,
        title=f"{'DRILL ' if about.is_drill else ''}{incident} {what}",
        lines=tuple(lines),
        due_at=first.due_at,
        link=about.link.replace("{incident}", incident) or f"leakguard clock list --incident {incident}",
        is_drill=about.is_drill,
        incident_title=shown(about.title, MOST_TITLE),
        clock_title=shown(first.title, MOST_TITLE),
        next_action=about.actions.get(first.clock, f"leakguard playbook next {incident}"),
        acknowledge=acknowledge,
        due_local=local_words(first.due_at, about.zone) if first.due_at is not None else "",
        zone=about.zone,
        is_from_memory=first.is_from_memory and first.due_at is not None,
        remaining_seconds=int((first.due_at - now).total_seconds()) if first.due_at is not None else None,
    )


def _line(alarm: Alert, now: datetime, zone: str) -> str:
    memory = f" ({FROM_MEMORY})" if alarm.is_from_memory else ""
    due = f", due {_due(alarm.due_at, zone)}{memory}" if alarm.due_at is not None else ""
    title = f" ({shown(alarm.title, MOST_TITLE)})" if alarm.title else ""
    return f"{alarm.clock}{title}: {_state(alarm, now)}{due} [{threshold_words(alarm.threshold)}]"


def _due(due_at: datetime, zone: str) -> str:
    """On the wall clock of the incident, and in UTC."""
    local = "" if zone == "UTC" else f"{local_words(due_at, zone)}, "
    return f"{local}{to_z(due_at.replace(microsecond=0))}"


def _state(alarm: Alert, now: datetime) -> str:
    if alarm.due_at is None:
        return "the aim is passed; there is no fixed limit, so act without delay"
    left = alarm.due_at - now
    if left < timedelta(0):
        return f"OVERDUE by {duration_words(-left)}"
    if alarm.threshold == MOVED:
        return f"its limit is earlier than before, {duration_words(left)} left"
    if alarm.threshold == FORECAST:
        return f"the work that remains takes longer than the {duration_words(left)} that are left"
    return f"{duration_words(left)} left"


def _together(alarms: Sequence[Alert], now: datetime) -> str:
    late = sum(1 for alarm in alarms if alarm.due_at is not None and alarm.due_at < now)
    return f"{late} OVERDUE" if late else f"the first: {_state(alarms[0], now)}"


def threshold_words(text: str) -> str:
    """What a threshold is, for a person: `the warning 1 h before the limit`, `the warning at 50% of the time`."""
    if text in _NAMED:
        return _NAMED[text]
    threshold = parse_threshold(text)
    if threshold.share is not None:
        return f"the warning at {text} of the time"
    offset = threshold.offset or timedelta(0)
    if not offset:
        return "the limit"
    if offset < timedelta(0):
        return f"the warning {duration_words(-offset)} before the limit"
    return f"the reminder {duration_words(offset)} after the limit"
