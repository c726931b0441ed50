"""One row of the drawing of clocks: what of its time was allowed, what was used, where it paused, warned and ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.spans import Span, merged, without
from leakguard.clocks.verdicts import FAILED, threshold_instants
from leakguard.frozen import Frozen


class Row(Frozen):
    """A clock that has begun and has a limit; all times UTC."""

    status: ClockStatus
    start: datetime
    until: datetime
    """Its end, or the moment of the report while it runs."""
    allowed: tuple[Span, ...]
    used: tuple[Span, ...]
    pauses: tuple[Span, ...]
    thresholds: tuple[datetime, ...]
    due: datetime
    statutory: datetime | None
    """The latest reading of the law, where it differs."""
    ended: datetime | None

    @property
    def last(self) -> datetime:
        """The last moment that the row has to show."""
        return max(self.until, self.due, self.statutory or self.due)

    @property
    def has_failed(self) -> bool:
        """Whether its limit was missed."""
        return self.status.state in FAILED


def row_of(status: ClockStatus) -> Row | None:
    """The row of a clock; nothing for one that has not begun, or that has no limit to be drawn against."""
    found, verdict = status.computed, status.verdict
    if found.limb_deadline is None or found.deadline is None:
        return None
    start = found.limb_deadline.anchor.occurred_at.earliest
    decided = found.decision.occurred_at.latest if found.decision is not None else None
    until = max(start, verdict.ended_at or decided or found.at)
    due, statutory = found.deadline, found.statutory_deadline
    pauses = _inside(found.pauses.spans, start, max(until, due))
    return Row(
        status=status, start=start, until=until, allowed=found.budget,
        used=without((start, until), pauses) if until > start else (), pauses=pauses,
        thresholds=tuple(instant.at for instant in threshold_instants(found) if instant.at < due), due=due,
        statutory=statutory if statutory != due else None, ended=verdict.ended_at,
    )  # fmt: skip


def _inside(spans: Iterable[Span], start: datetime, end: datetime) -> tuple[Span, ...]:
    kept = ((max(begin, start), min(until, end)) for begin, until in spans)
    return tuple(merged(span for span in kept if span[0] < span[1]))


SHORT, MIDDLE = timedelta(days=4), timedelta(days=45)
MOST_ROWS = 10
"""Rows of one drawing: half a page of A4, so that no page stays empty for the sake of one."""


def in_groups(rows: Sequence[Row]) -> tuple[tuple[Row, ...], ...]:
    """Rows that can share an axis: a day beside a year would be a dot. Each group in the order of its limits."""
    groups: list[list[Row]] = [[], [], []]
    for row in rows:
        lasts = row.last - row.start
        groups[0 if lasts <= SHORT else 1 if lasts <= MIDDLE else 2].append(row)
    parts = [
        tuple(ordered[start : start + MOST_ROWS])
        for group in groups
        for ordered in [sorted(group, key=lambda row: (row.due, row.status.id))]
        for start in range(0, len(ordered), MOST_ROWS)
    ]
    return tuple(parts)
