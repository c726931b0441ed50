"""The instants before, at and after a deadline at which alerts are raised, and how much of the time is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from leakguard.clocks.durations import Threshold, parse_threshold
from leakguard.clocks.spans import ZERO, Span, overlap, point_in, total
from leakguard.frozen import Frozen

MIN_GAP = timedelta(minutes=2)
"""Of two thresholds closer together than this, only the one nearer the deadline is kept, so that a short clock does not
raise all alerts at once."""


class ThresholdInstant(Frozen):
    """A threshold and the instant on which it falls."""

    text: str
    at: datetime


def threshold_instants_of(
    texts: Sequence[str], budget: Sequence[Span], deadline: datetime
) -> tuple[ThresholdInstant, ...]:
    """The instants in order of time, without those at or before the start, and without those too close; see `MIN_GAP`.

    `budget` must not be empty.
    """
    start = budget[0][0]
    found = [ThresholdInstant(text=text, at=_instant(parse_threshold(text), budget, deadline)) for text in texts]
    found = [instant for instant in found if instant.at > start]
    found.sort(key=lambda instant: (abs(instant.at - deadline), instant.text))
    kept: list[ThresholdInstant] = []
    for instant in found:
        if all(abs(instant.at - other.at) >= MIN_GAP for other in kept):
            kept.append(instant)
    return tuple(sorted(kept, key=lambda instant: instant.at))


def _instant(threshold: Threshold, budget: Sequence[Span], deadline: datetime) -> datetime:
    if threshold.share is not None:
        return deadline if threshold.share >= 1 else point_in(budget, threshold.share)
    return deadline + (threshold.offset or ZERO)


def share_used(budget: Sequence[Span], deadline: datetime, at: datetime) -> float:
    """The share of the time that has run by `at`; above one once the deadline is over."""
    whole = total(budget)
    if whole == ZERO:
        return 1.0 if at >= deadline else 0.0
    used = overlap(budget, budget[0][0], at) + max(ZERO, at - deadline)
    return round(used / whole, 6)
