"""Clocks whose deadline is known as an instant: a promise, the end of a contract, the expiry of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.durations import MAX_HOURS, parse_threshold
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import ClockRule
from leakguard.frozen import Frozen
from leakguard.models.events import Event, exactly

MAX_ID_CHARACTERS = 120
_MARGIN = timedelta(minutes=1)
"""How long before a threshold a clock must have started at least, so that the threshold is not dropped."""
_ANCHOR_KIND = "note"
"""Any kind would do: the event only carries the start."""
_FARTHEST = timedelta(hours=MAX_HOURS // 2)
"""50 years: whoever writes such a date means that it never ends, and one that is so long over is a slip."""


class FixedClock(Frozen):
    """One clock. It has no ending event: what ends it removes the clock."""

    id: str
    title: str
    starts_by: datetime
    """The latest possible start.

    The clock starts then, or earlier if `known_at`, `now`, the deadline or a threshold requires it. Percentages are
    shares of the time from the actual start, which may be earlier than `starts_by`, to the deadline.
    """
    known_at: datetime
    """When the deadline was recorded."""
    deadline: datetime
    thresholds: tuple[str, ...]
    law: str = ""
    """Empty for a promise of our own."""
    from_memory: bool = False
    zone: str = "UTC"


def status_of(clock: FixedClock, now: datetime) -> ClockStatus | None:
    """How it stands; `None` if the deadline is more than 50 years from now, before or after.

    One that is so far ahead means that there is none; `is_long_over` tells the other case. The clock starts at most 50
    years before its deadline.
    """
    if abs(clock.deadline - now) > _FARTHEST:
        return None
    begin = min(clock.starts_by, clock.known_at, now, clock.deadline, *_latest_starts_for_thresholds(clock))
    length = min(clock.deadline - begin, _FARTHEST)
    begin = clock.deadline - length
    rule = ClockRule.model_validate(
        {
            "id": clock.id, "title": clock.title, "law": clock.law, "from_memory": clock.from_memory,
            "zone": clock.zone, "anchor": f"first({_ANCHOR_KIND})", "amount": {"elapsed": _exact(length)},
            "thresholds": clock.thresholds,
        }
    )  # fmt: skip
    event = Event(id="known", kind=_ANCHOR_KIND, occurred_at=exactly(begin), recorded_at=min(clock.known_at, now))
    return evaluate((event,), (rule,), Calendars(), now, known_at=EVERYTHING)[0]


def is_long_over(clock: FixedClock, now: datetime) -> bool:
    """Whether the deadline lies more than 50 years back, so that no clock is computed for it."""
    return now - clock.deadline > _FARTHEST


def _latest_starts_for_thresholds(clock: FixedClock) -> Iterator[datetime]:
    """For each threshold, an instant at which the clock must have started so that the threshold counts.

    That is `_MARGIN` before it falls. For a percentage, which always falls after the start,
    it is `_MARGIN` before the deadline.
    `threshold_instants_of` drops the thresholds that fall before the start, and the deadline may be recorded late.
    """
    for text in clock.thresholds:
        yield clock.deadline + (parse_threshold(text).offset or timedelta()) - _MARGIN


def clock_id(*parts: str) -> str:
    """The parts joined by full stops; an id over `MAX_ID_CHARACTERS` is cut, and ends with a hash of the whole."""
    text = ".".join(parts)
    if len(text) <= MAX_ID_CHARACTERS:
        return text
    return f"{text[: MAX_ID_CHARACTERS - 9]}~{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _exact(length: timedelta) -> str:
    hours, rest = divmod(length, timedelta(hours=1))
    return f"PT{hours}H{rest.seconds}.{rest.microseconds:06d}S"
