"""What changes a clock besides its rule: pauses, extensions, legal delays, decisions that a duty does not apply."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from leakguard.clocks.event_history import ByKind
from leakguard.clocks.event_selection import record_order
from leakguard.clocks.frames import Trace
from leakguard.clocks.phrases import Phrase, kind_phrase
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.spans import Span, merged
from leakguard.clocks.times import parse_interval
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event, Interval
from leakguard.models.records import SYSTEM_TIME_CORRECTED

MOVING_KINDS = frozenset(
    {"paused", "resumed", "extension_granted", "delay_notice_sent", "reopened", SYSTEM_TIME_CORRECTED}
)
"""The kinds of events that may move a deadline without being its anchor."""
NEVER_PAUSED = "this clock is never paused"
ORGANISATION = "organisation"
"""The key in `Event.fields` of a decision that names one of several organisations, and applies to that one only."""
_DECISIONS = ("not_applicable", "cancelled", "applicable")


class IgnoredPause(Frozen):
    """A pause that stops nothing of a clock."""

    event: str
    because: str
    """Why, without its full stop."""


class Pauses(Frozen):
    """The pauses that count for one clock."""

    spans: tuple[Span, ...] = ()
    """Merged; a pause without an end reaches to `now`."""
    open_until: datetime | None = None
    """The latest end of the pauses that contain `now`; `None` if there is none, or one of them is open-ended."""
    is_open: bool = False
    """Whether `now` lies in a pause."""
    starts: tuple[tuple[str, datetime], ...] = ()
    """The event of each pause, and when it begins."""
    ignored: tuple[IgnoredPause, ...] = ()
    """The pauses that do not count; every output names them."""


def concerns(event: Event, rule: ClockRule) -> bool:
    """Whether the event names this clock: by `clock`, or by an `obligation`.

    The obligation equals the id of the clock, or is one that the selector of its ending event asks for.
    """
    if event.fields.get("clock") == rule.id:
        return True
    obligation = event.fields.get("obligation")
    if obligation is None:
        return False
    return obligation == rule.id or (rule.ending is not None and obligation in rule.ending.values_of("obligation"))


def pauses_of(rule: ClockRule, events: ByKind, now: datetime, trace: Trace) -> Pauses:
    """The pauses of a clock, each in its strict reading (see `frames`): from its latest start to its earliest end.

    A pause without a `basis`, and any pause of a clock that is never paused, is returned in `ignored`.
    """
    found = [event for event in events.get("paused", ()) if _applies_to(event, rule)]
    if not found:
        return Pauses()
    if rule.pausable == "never":
        trace.add("Pause {} is ignored: this clock is never paused.", ", ".join(event.id for event in found))
        return Pauses(ignored=tuple(IgnoredPause(event=event.id, because=NEVER_PAUSED) for event in found))
    resumed = [event for event in events.get("resumed", ()) if _applies_to(event, rule)]
    spans: list[Span] = []
    starts: list[tuple[str, datetime]] = []
    ends: list[datetime | None] = []
    ignored: list[IgnoredPause] = []
    for event in found:
        if not str(event.fields.get("basis") or "").strip():
            trace.add("Pause {} is ignored: it names no basis.", event.id)
            ignored.append(IgnoredPause(event=event.id, because="the pause names no basis"))
            continue
        start, end = _pause(event, resumed)
        trace.add(
            "Pause {} from {} until {}: {}.",
            event.id,
            start,
            end or Phrase("it is resumed"),
            event.reason or Phrase("no reason"),
        )
        spans.append((start, now if end is None else end))
        starts.append((event.id, start))
        if start <= now and (end is None or now < end):
            ends.append(end)
    until = None if None in ends else max((end for end in ends if end is not None), default=None)
    return Pauses(
        spans=merged(spans), open_until=until, is_open=bool(ends), starts=tuple(starts), ignored=tuple(ignored)
    )


def with_late_pauses_ignored(pauses: Pauses, pauses_count_until: datetime, deadline: datetime, trace: Trace) -> Pauses:
    """The pauses; those that began too late to move the deadline are added to `ignored`.

    They began at `pauses_count_until` (see `LimbDeadline`) or later, when the clock's own time had run out, for example
    while only an extension was left. A pause after the deadline is not about this clock.
    """
    late = [event for event, start in pauses.starts if pauses_count_until <= start <= deadline]
    for event in late:
        trace.add("Pause {} is ignored: it began after the clock's own time had run out.", event)
    named = (IgnoredPause(event=event, because="it began after the clock's own time had run out") for event in late)
    return replace(pauses, ignored=(*pauses.ignored, *named)) if late else pauses


def _applies_to(event: Event, rule: ClockRule) -> bool:
    """Whether the event names this clock, or no clock and no obligation at all."""
    return concerns(event, rule) or _names_nothing(event)


def _names_nothing(event: Event) -> bool:
    return "clock" not in event.fields and "obligation" not in event.fields


def _pause(event: Event, resumed: Iterable[Event]) -> tuple[datetime, datetime | None]:
    start = event.occurred_at.latest
    until = interval_in(event, "until")
    ends = [other.occurred_at.earliest for other in resumed if other.occurred_at.earliest >= start]
    if until is not None:
        ends.append(until.earliest)
    return start, min(ends, default=None)


def extended(rule: ClockRule, events: ByKind, deadline: datetime, trace: Trace) -> datetime:
    """The deadline after extensions and legal delays.

    An event counts if it happened no later than the deadline that it moves, and names a later one in `until`.
    """
    grants = [event for kind in ("extension_granted", "delay_notice_sent") for event in events.get(kind, ())]
    for event in sorted(grants, key=lambda event: (event.occurred_at.latest, *record_order(event))):
        what = kind_phrase(event.kind)
        if _names_nothing(event):
            trace.add("Event {} ({}) names no clock and no obligation, so it moves nothing.", event.id, what)
        if not concerns(event, rule):
            continue
        until = interval_in(event, "until")
        if until is None:
            trace.add("Event {} ({}) names no new limit, so the limit stays.", event.id, what)
        elif event.occurred_at.latest > deadline:
            trace.add("Event {} ({}) came after the limit, so the limit stays.", event.id, what)
        elif until.latest <= deadline:
            trace.add("Event {} ({}) names {}, which is no later, so the limit stays.", event.id, what, until.latest)
        else:
            proof = event.fields.get("document") or Phrase("no document's hash was recorded")
            trace.add("Event {} ({}, {}) replaces the limit {} by {}.", event.id, what, proof, deadline, until.latest)
            deadline = until.latest
    return deadline


def decision_of(rule: ClockRule, events: ByKind) -> Event | None:
    """The latest decision by which the clock does not run; `None` without one, or if `applicable` reversed it.

    A `not_applicable` that names an `organisation` is ignored: the clock still runs for the others.
    """
    found = [
        event
        for kind in _DECISIONS
        for event in events.get(kind, ())
        if concerns(event, rule) and not (kind == "not_applicable" and event.fields.get(ORGANISATION))
    ]
    last = max(found, key=record_order, default=None)
    return None if last is None or last.kind == "applicable" else last


def interval_in(event: Event, name: str) -> Interval | None:
    """A time among the fields of an event; `None` when it is missing or cannot be read."""
    value = event.fields.get(name)
    return _interval(value, event.occurred_at.zone or "UTC") if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _interval(text: str, zone: str) -> Interval | None:
    try:
        return parse_interval(text, zone=zone)
    except UsageProblem:
        return None
