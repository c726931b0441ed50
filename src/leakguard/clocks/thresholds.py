"""The points on the way to a limit at which alerts are raised, and how much of the time is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from leakguard.clocks.durations import Threshold, parse_threshold
from leakguard.clocks.spans import ZERO, Span, overlap, point_in, total
from leakguard.frozen import Frozen

APART = timedelta(minutes=2)
"""Points closer than this to one nearer the limit are dropped: on a one-hour clock all alerts would come at once."""


class Point(Frozen):
    """A threshold and the instant on which it falls."""

    text: str
    at: datetime


def points_of(texts: Sequence[str], budget: Sequence[Span], due: datetime) -> tuple[Point, ...]:
    """The points in their order, without those that come before the start or fall together."""
    start = budget[0][0]
    found = [Point(text=text, at=_instant(parse_threshold(text), budget, due)) for text in texts]
    found = [point for point in found if point.at > start]
    found.sort(key=lambda point: (abs(point.at - due), point.text))
    kept: list[Point] = []
    for point in found:
        if all(abs(point.at - other.at) >= APART for other in kept):
            kept.append(point)
    return tuple(sorted(kept, key=lambda point: point.at))


def _instant(threshold: Threshold, budget: Sequence[Span], due: datetime) -> datetime:
    if threshold.share is not None:
        return due if threshold.share >= 1 else point_in(budget, threshold.share)
    return due + (threshold.offset or ZERO)


def share_used(budget: Sequence[Span], due: datetime, at: datetime) -> float:
    """The share of the time that has run by `at`; above one once the limit is over."""
    whole = total(budget)
    if whole == ZERO:
        return 1.0 if at >= due else 0.0
    used = overlap(budget, budget[0][0], at) + max(ZERO, at - due)
    return round(used / whole, 6)
