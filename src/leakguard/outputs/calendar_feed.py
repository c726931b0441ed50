"""Deadlines as an iCalendar file (RFC 5545), so that they survive the loss of this tool on somebody's telephone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.remarks import doubt_words
from leakguard.clocks.times import local_words
from leakguard.clocks.verdicts import FINAL_STATES, State
from leakguard.frozen import Frozen, field
from leakguard.models.moments import to_z

_NO_LIMIT = {State.LATENT}
_DONE = FINAL_STATES | {State.NOT_APPLICABLE}
_BEFORE = timedelta(hours=1)
"""When to ring for a clock whose own thresholds are all over."""


class CalendarText(Frozen):
    """What an entry says of its incident besides the clock."""

    title: str = ""
    zone: str = "UTC"
    actions: Mapping[str, str] = field(default_factory=dict)
    """By clock, the command that moves it on."""


def to_ics(
    statuses: Iterable[ClockStatus], *, incident: str, now: datetime, is_drill: bool = False,
    about: CalendarText | None = None,
) -> str:  # fmt: skip
    """One event for each clock that has a limit; times are absolute, in UTC.

    The same clock keeps its UID, and a moved limit raises its SEQUENCE, so that a calendar replaces the old entry.
    In a drill every summary says so: a calendar shows nothing else of an entry.
    What is met or does not apply is cancelled, which takes it out of a calendar that has it; what is in doubt stays in
    it as tentative.
    """
    calendar = Calendar()
    for name, value in (("prodid", "-//LeakGuard//deadlines//EN"), ("version", "2.0"), ("calscale", "GREGORIAN")):
        calendar.add(name, value)
    calendar.add("method", "PUBLISH")
    for status in statuses:
        if status.work_by is not None and status.state not in _NO_LIMIT:
            mark = "DRILL " if is_drill else ""
            calendar.add_component(_event(status, status.work_by, incident, now, about or CalendarText(), mark=mark))
    text: str = calendar.to_ical().decode()
    return text


def _event(
    status: ClockStatus, due: datetime, incident: str, now: datetime, about: CalendarText, *, mark: str
) -> Event:
    title = f"{mark}{_printable(status.rule.title or status.id)}"
    is_done = status.state in _DONE and not status.doubts
    event = Event()
    event.add("uid", _printable(f"{status.id}.{incident}@leakguard"))
    event.add("sequence", status.generation)
    event.add("dtstamp", _whole(now))
    event.add("dtstart", _whole(due))
    event.add("status", "CANCELLED" if is_done else "TENTATIVE" if status.doubts else "CONFIRMED")
    # A deadline takes no time from anybody, so a calendar must not show the hour as busy.
    event.add("transp", "TRANSPARENT")
    doubt = f" ({doubt_words(status.state.value.replace('_', ' '), status.doubts)})" if status.doubts else ""
    event.add("summary", _printable(f"{incident}: {title} is due{status.rule.from_memory_mark}{doubt}"))
    event.add(
        "description", "\n".join(_printable(line) for line in (*_facts(status, due, incident, about), *status.why))
    )
    for at in () if is_done else _rings(status, due, now):
        event.add_component(_alarm(title, at))
    return event


def _facts(status: ClockStatus, due: datetime, incident: str, about: CalendarText) -> Iterator[str]:
    """Incident, what has to be done, the limit on both clocks, and the next command."""
    yield f"Incident: {incident}{', ' if about.title else ''}{about.title}"
    yield f"To do: {status.rule.title or status.id} ({status.id})"
    local = "" if about.zone == "UTC" else f"{local_words(_whole(due), about.zone)}, "
    yield f"Due: {local}{to_z(_whole(due))}{status.rule.from_memory_mark}"
    if status.id in about.actions:
        yield f"Next: {about.actions[status.id]}"


def _rings(status: ClockStatus, due: datetime, now: datetime) -> list[datetime]:
    """The thresholds that lie ahead, and the limit itself."""
    ahead = {_whole(mark.at) for mark in status.threshold_instants if mark.at > now}
    return sorted(ahead) or [_whole(due - _BEFORE)]


def _alarm(title: str, at: datetime) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    # RFC 5545, section 3.8.6.3: without the parameter a trigger is read as a duration.
    alarm.add("trigger", at, parameters={"VALUE": "DATE-TIME"})
    return alarm


def _whole(moment: datetime) -> datetime:
    """Whole seconds, rounded down: a calendar must not show more time than there is."""
    return moment.replace(microsecond=0)


def _printable(words: str) -> str:
    """Without what moves a cursor or shows nothing; a line break stays a gap between two words."""
    return "".join(letter for letter in " ".join(words.split()) if letter.isprintable())
