"""Clocks whose limit is known as a moment: a promise, the end of a contract, the expiry of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.durations import MAX_HOURS, parse_threshold
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import EVERYTHING
from leakguard.frozen import Frozen
from leakguard.models.events import Event, exactly

MOST_ID = 120
_MOMENT = timedelta(minutes=1)
_FARTHEST = timedelta(hours=MAX_HOURS // 2)
"""Half a century: whoever writes such a date means that it never ends."""


class FixedClock(Frozen):
    """One clock; it has no ending event, as what ends it takes it away."""

    id: str
    title: str
    since: datetime
    """From when the time counts of which thresholds may be shares."""
    known_at: datetime
    """When the limit was recorded."""
    due: datetime
    thresholds: tuple[str, ...]
    law: str = ""
    """Empty for a promise of our own."""
    from_memory: bool = False
    zone: str = "UTC"


def standing_of(clock: FixedClock, now: datetime) -> Standing | None:
    """How it stands; nothing where the limit lies so far away that it is none."""
    begin = min(clock.since, clock.known_at, now, *_before_marks(clock))
    length = clock.due - begin
    if length > _FARTHEST:
        return None
    rule = ClockRule.model_validate(
        {
            "id": clock.id, "title": clock.title, "law": clock.law, "from_memory": clock.from_memory,
            "zone": clock.zone, "anchor": "first(note)", "amount": {"elapsed": _exact(length)},
            "thresholds": clock.thresholds,
        }
    )  # fmt: skip
    event = Event(id="known", kind="note", occurred_at=exactly(begin), recorded_at=min(clock.known_at, now))
    return evaluate((event,), (rule,), Calendars(), now, known_at=EVERYTHING)[0]


def _before_marks(clock: FixedClock) -> Iterator[datetime]:
    """A threshold counts only behind the begin, and the limit may be known late."""
    for text in clock.thresholds:
        yield clock.due + (parse_threshold(text).offset or timedelta()) - _MOMENT


def clock_id(*parts: str) -> str:
    """The parts with a point between; one that is too long ends with its hash."""
    text = ".".join(parts)
    if len(text) <= MOST_ID:
        return text
    return f"{text[: MOST_ID - 9]}~{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _exact(length: timedelta) -> str:
    hours, rest = divmod(length, timedelta(hours=1))
    return f"PT{hours}H{rest.seconds}.{rest.microseconds:06d}S"
