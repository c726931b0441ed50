"""What a message looks like in a mail, in a chat and as JSON."""

from __future__ import annotations

from typing import Any

from leakguard.models.alarms import AlarmMessage
from leakguard.models.moments import to_z

SCHEMA = "leakguard.alarm/1"
_LONGEST = 200
"""Longer subjects are cut: mail servers refuse header lines beyond 998 octets."""


def one_line(text: str) -> str:
    """Printable signs alone: a line break in a header would begin another header."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_LONGEST]


def subject(message: AlarmMessage) -> str:
    """`[DRILL] OVERDUE IR-2026-0001 remediate: Closed, and proved closed`."""
    drill = "[DRILL] " if message.is_drill else ""
    # A title that names the incident already needs no second name.
    about = "" if message.incident in message.title else f"{message.incident} {message.clock}".strip() + ": "
    return one_line(f"{drill}{message.severity.value.upper()} {about}{message.title}")


def mail_text(message: AlarmMessage, *, head: str) -> str:
    """The lines, the limit in UTC, where to look, and the head of the ledger."""
    lines = [*message.lines]
    if message.due_at is not None:
        lines += ["", f"Due: {to_z(message.due_at)}"]
    if message.link:
        lines += ["", f"More: {message.link}"]
    if message.is_drill:
        lines = ["This is a drill.", "", *lines]
    foot = f"Alarm {message.id}" + (f", ledger head {head}" if head else "")
    return "\n".join([*lines, "", "-- ", foot, ""])


def chat_text(message: AlarmMessage) -> str:
    """Ids, names of clocks and times alone: a chat is read by many, and people write names into titles."""
    parts = ["DRILL" if message.is_drill else "", message.severity.value.upper(), message.incident, message.clock]
    first = one_line(" ".join(part for part in parts if part))
    lines = [first, f"threshold {one_line(message.threshold)}"]
    if message.due_at is not None:
        lines.append(f"due {to_z(message.due_at)}")
    lines.append(f"alarm {one_line(message.id)}")
    return "\n".join(lines)


def to_json(message: AlarmMessage) -> dict[str, Any]:
    """Plain values, for a webhook or a file."""
    return {
        "schema": SCHEMA,
        "id": message.id,
        "incident": message.incident,
        "clock": message.clock or None,
        "threshold": message.threshold,
        "severity": message.severity.value,
        "title": message.title,
        "lines": list(message.lines),
        "due_at": to_z(message.due_at) if message.due_at is not None else None,
        "link": message.link or None,
        "drill": message.is_drill,
    }
