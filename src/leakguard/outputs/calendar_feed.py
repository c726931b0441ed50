"""Deadlines as an iCalendar file (RFC 5545), so that they survive the loss of this tool on somebody's telephone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from leakguard.clocks.standing import Standing
from leakguard.clocks.verdicts import LATCHED, State

_LINE_OCTETS = 75
"""RFC 5545, section 3.1: longer lines are folded."""
_OVER = LATCHED | {State.LATENT, State.NOT_APPLICABLE}


def to_ics(standings: Iterable[Standing], *, incident: str, now: datetime) -> str:
    """One event for each clock with a limit that is still to be met; times are absolute, in UTC.

    The same clock keeps its UID, and a moved limit raises its SEQUENCE, so that a calendar replaces the old entry.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//LeakGuard//deadlines//EN", "CALSCALE:GREGORIAN"]
    for one in standings:
        if one.work_by is not None and one.state not in _OVER:
            lines += _event(one, one.work_by, incident, now)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _event(one: Standing, due: datetime, incident: str, now: datetime) -> Iterator[str]:
    title = one.rule.title or one.id
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(f'{one.id}.{incident}@leakguard')}"
    yield f"SEQUENCE:{one.generation}"
    yield f"DTSTAMP:{_stamp(now)}"
    yield f"DTSTART:{_stamp(due)}"
    yield f"SUMMARY:{_text(f'{incident}: {title} is due')}"
    yield f"DESCRIPTION:{_text(chr(10).join(one.why))}"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_text(title)}"
    yield "TRIGGER:-PT1H"
    yield "END:VALARM"
    yield "END:VEVENT"


def _stamp(moment: datetime) -> str:
    """Whole seconds, rounded down: a calendar must not show more time than there is."""
    return f"{moment:%Y%m%dT%H%M%S}Z"


def _text(words: str) -> str:
    """Escaped as RFC 5545, section 3.3.11 asks; control characters are left out."""
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(letter for letter in escaped if letter.isprintable())


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets; every piece but the first begins with a space."""
    piece = ""
    for letter in line:
        if len(f"{piece}{letter}".encode()) > _LINE_OCTETS:
            yield piece
            piece = " "
        piece += letter
    yield piece
