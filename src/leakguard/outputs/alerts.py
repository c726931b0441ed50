"""The alerts of one incident and what became of them, as plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leakguard.alerts.history import Acknowledgement, AttemptResult, History, Message
from leakguard.models.alerts import Alert
from leakguard.models.moments import to_z


def alerts_json(found: History, now: datetime) -> dict[str, Any]:
    """Every message with its alarms and tries, the oldest first, and who has acknowledged which clock."""
    return {
        "incident": found.incident,
        "alerts": [_message(message, found, now) for message in found.messages],
        "acknowledgements": [_acknowledgement(acknowledgement, now) for acknowledgement in found.acknowledgements],
    }


def _message(message: Message, found: History, now: datetime) -> dict[str, Any]:
    clocks = tuple(dict.fromkeys(alarm.clock for alarm in message.alarms))
    return {
        "id": message.id,
        "raised_at": to_z(message.raised_at),
        "severity": message.severity.value,
        "statutory": message.is_statutory,
        "acknowledged": all(found.is_acknowledged(clock, since=message, now=now) for clock in clocks),
        "alarms": [_alarm(alarm) for alarm in message.alarms],
        "tries": [_try(tried) for tried in message.tries],
    }


def _alarm(alert: Alert) -> dict[str, Any]:
    return {
        "clock": alert.clock, "threshold": alert.threshold, "severity": alert.severity.value,
        "due_at": to_z(alert.due_at) if alert.due_at is not None else None,
    }  # fmt: skip


def _try(attempt: AttemptResult) -> dict[str, Any]:
    return {
        "role": attempt.attempt.role, "channel": attempt.attempt.channel, "level": attempt.attempt.level + 1,
        "at": to_z(attempt.at),
        "outcome": attempt.outcome.removeprefix("alarm_") or None, "failure": attempt.failure or None,
    }  # fmt: skip


def _acknowledgement(acknowledgement: Acknowledgement, now: datetime) -> dict[str, Any]:
    return {
        "clock": acknowledgement.clock, "by": acknowledgement.by, "at": to_z(acknowledgement.at),
        "until": to_z(acknowledgement.until), "holds": acknowledgement.until > now,
    }  # fmt: skip
