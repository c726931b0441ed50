"""What a message looks like in a mail, in a chat and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from leakguard.models.alerts import AlertMessage
from leakguard.models.moments import to_z
from leakguard.models.subjects import INCIDENT, WORDS, is_incident, subject_json, subject_kind
from leakguard.models.texts import FROM_MEMORY, duration_words

SCHEMA = "leakguard.alarm/1"
_LONGEST = 200
"""Longer subjects are cut: mail servers refuse header lines beyond 998 octets."""
_LONGEST_TITLE = 80
"""Letters of an incident's title in a subject; the text of the mail has the rest."""


_ENCODED = re.compile(r"=(?=\?[^?\s]{1,75}\?[BbQq]\?)")


def one_line(text: str) -> str:
    """Printable signs alone: a line break in a header would begin another header."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_LONGEST]


def subject_line(text: str) -> str:
    """One line as it is meant: `=?` would begin an encoded word (RFC 2047), of which readers show another text."""
    return one_line(_ENCODED.sub("= ", text))


def subject(message: AlertMessage) -> str:
    """`[DRILL] OVERDUE IR-2026-0001 remediate: OVERDUE by 1 h - An open cluster`."""
    mark = "[TEST] " if message.is_test else "[DRILL] " if message.is_drill else ""
    # A title that names the incident already needs no second name.
    about = "" if message.incident in message.title else f"{message.incident} {message.clock}".strip() + ": "
    incident = f" - {message.incident_title[:_LONGEST_TITLE]}" if message.incident_title else ""
    return subject_line(f"{mark}{message.severity.value.upper()} {about}{message.title}{incident}")


def mail_text(message: AlertMessage, *, head: str) -> str:
    """What has to be done by when, the lines, where to look, and the head of the ledger."""
    facts = list(_facts(message))
    lines = [*facts, *([""] if facts else []), *message.lines]
    if message.link:
        lines += ["", f"More: {message.link}"]
    if message.is_drill:
        lines = ["This is a drill.", "", *lines]
    foot = f"Alert {message.id}" + (f", ledger head {head}" if head else "")
    return "\n".join([*lines, "", "-- ", foot, ""])


def chat_text(message: AlertMessage) -> str:
    """How it stands, what has to be done by when, and the next command, without anything that a chat would act upon."""
    mark = "TEST" if message.is_test else "DRILL" if message.is_drill else ""
    about = "" if message.incident in message.title else f"{message.incident} {message.clock}".strip() + ":"
    title = message.title.removeprefix("DRILL ")  # said once is enough
    first = " ".join(part for part in (mark, message.severity.value.upper(), about, title) if part)
    facts = [f"Threshold: {message.threshold_text or message.threshold}"] if message.threshold else []
    facts += [*_facts(message), *([f"Acknowledge: {message.acknowledge}"] if message.acknowledge else [])]
    lines = [first, *facts, *(message.lines if message.is_test else ()), f"Alert: {message.id}"]
    return "\n".join(_plain(line) for line in lines)


def _facts(message: AlertMessage) -> Iterator[str]:
    """One line each: incident, what to do, limit in local time and UTC, what is left, the next command."""
    if message.incident:
        title = f", {one_line(message.incident_title)}" if message.incident_title else ""
        yield f"{WORDS[subject_kind(message.incident) or INCIDENT]}: {message.incident}{title}"
    if message.clock_title:
        clock = f" ({message.clock})" if message.clock else ", and more"
        yield f"To do: {one_line(message.clock_title)}{clock}"
    if message.due_at is not None:
        local = f"{message.due_local}, " if message.due_local and message.zone != "UTC" else ""
        memory = f" ({FROM_MEMORY})" if message.is_from_memory else ""
        yield f"Due: {local}{to_z(message.due_at)}{memory}"
    if message.remaining_seconds is not None:
        length = duration_words(timedelta(seconds=abs(message.remaining_seconds)))
        yield f"Left: {length}" if message.remaining_seconds >= 0 else f"Overdue by: {length}"
    if message.next_action:
        yield f"Next: {message.next_action}"


_MARKUP = str.maketrans("<>[]@*`~|&", "\uff1c\uff1e\uff3b\uff3d\uff20\uff0a\uff40\uff5e\uff5c\uff06")
"""Signs by which chats make links, notify everybody or change the face, each with its wide twin, which they leave."""


def _plain(line: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in line).translate(_MARKUP)


def to_json(message: AlertMessage) -> dict[str, Any]:
    """Plain values, for a webhook or a file."""
    return {
        "schema": SCHEMA,
        "id": message.id,
        "incident": message.incident if is_incident(message.incident) else "",
        "subject": subject_json(message.incident),
        "incident_title": message.incident_title or None,
        "clock": message.clock or None,
        "clock_title": message.clock_title or None,
        "threshold": message.threshold,
        "severity": message.severity.value,
        "title": message.title,
        "lines": list(message.lines),
        "due_at": to_z(message.due_at) if message.due_at is not None else None,
        "due_local": message.due_local or None,
        "due_from_memory": message.is_from_memory,
        "zone": message.zone or None,
        "remaining_seconds": message.remaining_seconds,
        "next_action": message.next_action or None,
        "acknowledge": message.acknowledge or None,
        "link": message.link or None,
        "drill": message.is_drill,
        "test": message.is_test,
    }
