"""Spans of time on the UTC line: merged, cut, added up and walked through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
"""From, until; both UTC, the first not after the second."""
ZERO = timedelta(0)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time with overlaps counted once, in order; empty stretches are dropped."""
    kept: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end))
        else:
            kept.append((start, end))
    return tuple(kept)


def without(span: Span, holes: Sequence[Span]) -> tuple[Span, ...]:
    """What is left of `span` outside the merged `holes`."""
    at, end = span
    left: list[Span] = []
    for begin, until in holes:
        if until <= at or begin >= end:
            continue
        if begin > at:
            left.append((at, begin))
        at = max(at, until)
    if at < end:
        left.append((at, end))
    return tuple(left)


def before(spans: Iterable[Span], end: datetime) -> tuple[Span, ...]:
    """What lies before `end`."""
    return tuple((begin, min(until, end)) for begin, until in spans if begin < end)


def overlap(spans: Iterable[Span], start: datetime, end: datetime) -> timedelta:
    """How much of the time from `start` to `end` lies in `spans`, which do not overlap one another."""
    total = ZERO
    for begin, until in spans:
        total += max(ZERO, min(until, end) - max(begin, start))
    return total


def total(spans: Iterable[Span]) -> timedelta:
    """The length of all stretches together."""
    return sum((end - start for start, end in spans), ZERO)


def walk(start: datetime, need: timedelta, holes: Sequence[Span]) -> tuple[datetime, tuple[Span, ...]]:
    """Go on from `start` until `need` has run outside the merged `holes`; returns the end and the stretches that ran.

    A hole that begins when the time is already used up changes nothing.
    """
    at, left = start, need
    ran: list[Span] = []
    for begin, until in holes:
        if until <= at:
            continue
        if at + left <= begin:
            break
        if begin > at:
            ran.append((at, begin))
            left -= begin - at
        at = until
    ran.append((at, at + left))
    return at + left, tuple(ran)


def point_in(spans: Sequence[Span], share: float) -> datetime:
    """The instant at which `share` of the time in `spans` has run."""
    left = total(spans) * share
    for start, end in spans[:-1]:
        if left <= end - start:
            return start + left
        left -= end - start
    return min(spans[-1][0] + left, spans[-1][1])
