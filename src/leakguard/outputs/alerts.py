"""The alerts of one incident and what became of them, as plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leakguard.alerts.history import Acknowledgement, History, Message, Tried
from leakguard.models.alerts import Alert
from leakguard.models.moments import to_z


def alerts_json(found: History, now: datetime) -> dict[str, Any]:
    """Every message with its alarms and tries, the oldest first, and who has acknowledged which clock."""
    return {
        "incident": found.incident,
        "alerts": [_message(one, found, now) for one in found.messages],
        "acknowledgements": [_acknowledgement(one, now) for one in found.acknowledgements],
    }


def _message(one: Message, found: History, now: datetime) -> dict[str, Any]:
    clocks = tuple(dict.fromkeys(alarm.clock for alarm in one.alarms))
    return {
        "id": one.id,
        "raised_at": to_z(one.raised_at),
        "severity": one.severity.value,
        "statutory": one.is_statutory,
        "acknowledged": all(found.is_acknowledged(clock, since=one.raised_at, now=now) for clock in clocks),
        "alarms": [_alarm(alarm) for alarm in one.alarms],
        "tries": [_try(tried) for tried in one.tries],
    }


def _alarm(one: Alert) -> dict[str, Any]:
    return {
        "clock": one.clock, "threshold": one.threshold, "severity": one.severity.value,
        "due_at": to_z(one.due_at) if one.due_at is not None else None,
    }  # fmt: skip


def _try(one: Tried) -> dict[str, Any]:
    return {
        "role": one.attempt.role, "channel": one.attempt.channel, "level": one.attempt.level + 1, "at": to_z(one.at),
        "outcome": one.outcome.removeprefix("alarm_") or None, "failure": one.failure or None,
    }  # fmt: skip


def _acknowledgement(one: Acknowledgement, now: datetime) -> dict[str, Any]:
    return {
        "clock": one.clock, "by": one.by, "at": to_z(one.at), "until": to_z(one.until), "holds": one.until > now,
    }  # fmt: skip
