"""What the watchman did: lines for a log, and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard.alerts.readiness import NotReady
from leakguard.alerts.undelivered import UndeliveredAlert, undelivered_words
from leakguard.frozen import as_dict
from leakguard.models.alerts import AlertMessage, setting_of
from leakguard.models.moments import to_z
from leakguard.models.subjects import is_incident, subject_json
from leakguard.outputs.words import printable
from leakguard.use_cases.alerts.alert_sending import Cycle, Delivery
from leakguard.use_cases.incidents.unknown_law import unknown_json, unknown_lines


def log_line(at: datetime, text: str) -> str:
    """A line with its moment, safe to print."""
    return f"{to_z(at.replace(microsecond=0))} {printable(text, longest=400)}"


def deed_lines(cycle: Cycle) -> Iterator[str]:
    """What was raised, what was sent to whom, and what was not."""
    for message in cycle.messages:
        yield f"{message.severity.value.upper()} {message.title} [{message.id}]"
    for delivery in cycle.sent:
        yield f"sent {delivery.incident} {delivery.clocks} [{delivery.message}] to {_who(delivery)}"
    for failure in cycle.failures:
        yield f"not sent: {failure}"


def _who(delivery: Delivery) -> str:
    """`commander on soc-mail`, or `commander (Ada Lovelace) on soc-mail`."""
    return (
        f"{delivery.role} ({delivery.person}) on {setting_of(delivery.channel)}"
        if delivery.person
        else f"{delivery.role} on {delivery.channel}"
    )


def unknown_by_incident(cycle: Cycle) -> Iterator[str]:
    """Duties without a clock, because nobody knows what their law said on the day of the incident."""
    for incident, found in cycle.unknown.items():
        yield from (f"{incident} {line}" for line in unknown_lines(found))


def silent_words(cycle: Cycle) -> str:
    """When the other watchman looked last."""
    if cycle.last_beat is None:
        return "which has not ended a cycle yet"
    return f"which looked last at {to_z(cycle.last_beat.replace(microsecond=0))}"


def cycle_to_json(cycle: Cycle, problems: Sequence[NotReady] = ()) -> dict[str, Any]:
    """Plain values; `problems` are those of the settings and secrets."""
    return {
        "at": to_z(cycle.at),
        "is_leader": cycle.is_leader,
        "incident_count": cycle.incident_count,
        "subject_count": cycle.subject_count,
        "messages": [_message(message) for message in cycle.messages],
        "missed_count": cycle.missed_count,
        "sent_count": cycle.sent_count,
        "sent": [as_dict(delivery) for delivery in cycle.sent],
        "failures": list(cycle.failures),
        "undelivered": [_undelivered(alert) for alert in cycle.undelivered],
        "problems": [as_dict(problem) for problem in (*problems, *cycle.problems)],
        "no_rule_for_the_day": [
            {"incident": incident, **unknown}
            for incident, found in cycle.unknown.items()
            for unknown in unknown_json(found)
        ],
        "took_over_from": cycle.other_holder if cycle.is_takeover else None,
        "unwatched_since": to_z(cycle.unwatched_since) if cycle.unwatched_since is not None else None,
        "next_look": to_z(cycle.next_look) if cycle.next_look is not None else None,
    }


def _message(message: AlertMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "incident": message.incident if is_incident(message.incident) else None,
        "subject": subject_json(message.incident),
        "incident_title": message.incident_title or None,
        "clock": message.clock or None,
        "clock_title": message.clock_title or None,
        "threshold": message.threshold or None,
        "severity": message.severity.value,
        "title": message.title,
        "lines": list(message.lines),
        "due_at": to_z(message.due_at) if message.due_at is not None else None,
        "next_action": message.next_action or None,
        "acknowledge": message.acknowledge or None,
    }


def _undelivered(alert: UndeliveredAlert) -> dict[str, Any]:
    return {
        "incident": alert.incident if is_incident(alert.incident) else None,
        "subject": subject_json(alert.incident),
        "message": alert.message,
        "clocks": list(dict.fromkeys(alarm.clock for alarm in alert.alarms)),
        "level": alert.level or None,
        "role": alert.role or None,
        "failures": [{"channel": channel, "reason": why} for channel, why in alert.failures],
        "next_try": to_z(alert.next_try) if alert.next_try is not None else None,
        "text": undelivered_words(alert),
    }
