"""What people read: numbers, clocks and times, and never a name of a person or a word of leaked data."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from leakguard.alarms.closer import MOVED
from leakguard.alarms.forecast import FORECAST
from leakguard.alarms.history import Message
from leakguard.models.alarms import Alarm, AlarmMessage
from leakguard.models.moments import to_z
from leakguard.models.texts import duration_words

MOST_LINES = 40
"""A message about more clocks than this says how many it leaves out."""


def message_id(alarms: Sequence[Alarm]) -> str:
    """The same alarms always make the same message, whoever raises them."""
    keys = "\n".join(sorted(alarm.key for alarm in alarms))
    return f"A-{hashlib.sha256(keys.encode()).hexdigest()[:12]}"


def message_of(
    message: Message, *, incident: str, now: datetime, link: str = "", is_drill: bool = False, is_repeated: bool = False
) -> AlarmMessage:
    """The message as it is sent at `now`; the first line of each clock says what is left, or by how much it is late."""
    alarms = sorted(message.alarms, key=lambda one: (one.due_at or one.at, one.clock))
    first = alarms[0]
    is_single = len(alarms) == 1
    what = f"{first.clock}: {_state(first, now)}" if is_single else f"{len(alarms)} clocks: {_together(alarms, now)}"
    lines = [_line(alarm, now) for alarm in alarms[:MOST_LINES]]
    if len(alarms) > MOST_LINES:
        lines.append(f"and {len(alarms) - MOST_LINES} more: leakguard clock list --incident {incident}")
    if is_repeated:
        lines.append("Sent again, because nobody knows whether it went out the first time.")
    lines.append(f"Acknowledge: leakguard clock ack {incident} {message.id} --by NAME")
    return AlarmMessage(
        id=message.id,
        incident=incident,
        clock=first.clock if is_single else "",
        threshold=first.threshold if is_single else "",
        severity=message.severity,
        title=f"{'DRILL ' if is_drill else ''}{incident} {what}",
        lines=tuple(lines),
        due_at=first.due_at,
        link=link.replace("{incident}", incident) or f"leakguard clock list --incident {incident}",
        is_drill=is_drill,
    )


def _line(alarm: Alarm, now: datetime) -> str:
    due = f", due {to_z(alarm.due_at.replace(microsecond=0))}" if alarm.due_at is not None else ""
    title = f" ({alarm.title})" if alarm.title else ""
    return f"{alarm.clock}{title}: {_state(alarm, now)}{due} [{alarm.threshold}]"


def _state(alarm: Alarm, now: datetime) -> str:
    if alarm.due_at is None:
        return "the aim is passed; there is no fixed limit, so act without delay"
    left = alarm.due_at - now
    if left < timedelta(0):
        return f"OVERDUE by {duration_words(-left)}"
    if alarm.threshold == MOVED:
        return f"its limit has moved closer, {duration_words(left)} left"
    if alarm.threshold == FORECAST:
        return f"the work that remains takes longer than the {duration_words(left)} that are left"
    return f"{duration_words(left)} left"


def _together(alarms: Sequence[Alarm], now: datetime) -> str:
    late = sum(1 for alarm in alarms if alarm.due_at is not None and alarm.due_at < now)
    return f"{late} OVERDUE" if late else f"the first: {_state(alarms[0], now)}"
