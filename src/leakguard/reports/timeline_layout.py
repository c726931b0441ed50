"""Where each thing stands in the two lanes: time runs downwards, the same for both, stretched so that labels fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import log10

from leakguard.frozen import Frozen
from leakguard.reports.values import Happening

ROW = 17.0
"""Units between two labels of one lane."""
AT_ONCE = timedelta(minutes=1)
"""Recorded within this is recorded at once: that is how long typing takes."""
LONG = timedelta(hours=12)
"""A pause in the story from which on it is said how long nothing happened."""
BREAK = 30.0
_PER_DECADE = 4.5
"""Units for each tenfold of minutes: a day takes three rows' worth less than its labels would, a month little more."""
TOP = 14.0


class PlacedHappening(Frozen):
    """One happening with its heights: when it began and ended to be possible, and when it was recorded."""

    happening: Happening
    earliest: float
    latest: float
    recorded: float


class Break(Frozen):
    """A long time in which nothing happened and nothing was recorded."""

    y: float
    lasts: timedelta


class Layout(Frozen):
    """Everything with its place; heights are in units from the top."""

    placed: tuple[PlacedHappening, ...]
    breaks: tuple[Break, ...]
    height: float

    def cuts(self, most: float) -> tuple[tuple[float, float], ...]:
        """The stretches, each at most so high, that pages can hold; no label is cut in two."""
        labels = sorted({y for placed in self.placed for y in (placed.earliest, placed.recorded)})
        between = [(a + b) / 2 for a, b in pairwise(labels) if b - a >= ROW * 0.7]
        found, start = [], 0.0
        while self.height - start > most:
            end = max((y for y in between if start < y <= start + most), default=start + most)
            found.append((start, end))
            start = end
        return (*found, (start, self.height))


class _Mark(Frozen):
    moment: datetime
    number: int
    lanes: tuple[int, ...]
    """Those in which it has a label; what was recorded at once has one in both, at one height."""
    is_end: bool = False
    """The end of a rough time, which has no label."""


HAPPENED, RECORDED = 0, 1


def lay_out(story: Sequence[Happening]) -> Layout:
    """Place a story, which is in the order in which it happened."""
    heights: dict[tuple[int, int], float] = {}
    ends: dict[int, float] = {}
    breaks: list[Break] = []
    last = {HAPPENED: TOP - ROW, RECORDED: TOP - ROW}
    y, before = TOP, None
    for mark in sorted(_marks(story), key=lambda mark: (mark.moment, mark.number, mark.lanes)):
        passed = mark.moment - before if before is not None else timedelta(0)
        down = _down(passed)
        if before is not None and passed >= LONG and not _is_covered(story, before, mark.moment):
            down = max(down, BREAK)
            breaks.append(Break(y=y + down / 2, lasts=passed))
        y = max([y + down, *(last[lane] + ROW for lane in mark.lanes)])
        last |= dict.fromkeys(mark.lanes, y)
        heights |= {(mark.number, lane): y for lane in mark.lanes}
        ends |= {mark.number: y} if mark.is_end else {}
        before = mark.moment
    return Layout(placed=tuple(_placed(story, heights, ends)), breaks=tuple(breaks), height=y + TOP)


def _placed(
    story: Sequence[Happening], heights: Mapping[tuple[int, int], float], ends: Mapping[int, float]
) -> Iterator[PlacedHappening]:
    for number, happening in enumerate(story):
        begun = heights[number, HAPPENED]
        yield PlacedHappening(
            happening=happening, earliest=begun, latest=ends.get(number, begun), recorded=heights[number, RECORDED]
        )


def _marks(story: Sequence[Happening]) -> Iterator[_Mark]:
    for number, happening in enumerate(story):
        at = happening.at
        is_prompt = timedelta(0) <= happening.recorded_at - at.earliest < AT_ONCE
        yield _Mark(moment=at.earliest, number=number, lanes=(HAPPENED, RECORDED) if is_prompt else (HAPPENED,))
        if not at.is_exact:
            yield _Mark(moment=at.latest, number=number, lanes=(), is_end=True)
        if not is_prompt:
            yield _Mark(moment=happening.recorded_at, number=number, lanes=(RECORDED,))


def _is_covered(story: Sequence[Happening], start: datetime, end: datetime) -> bool:
    """Whether something may have happened in between, as far as is known."""
    return any(
        happening.at.earliest <= start and happening.at.latest >= end and not happening.at.is_exact
        for happening in story
    )


def _down(passed: timedelta) -> float:
    """How far the drawing goes down for the time that passed."""
    return _PER_DECADE * log10(1 + passed.total_seconds() / 60)
