"""Verdicts: how a reckoning is judged at a moment. On time means `ended_at <= due`, to the microsecond."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from leakguard.clocks.reckonings import Reckoning, seconds
from leakguard.clocks.thresholds import Point, points_of
from leakguard.clocks.times import MICROSECOND
from leakguard.frozen import Frozen


class State(StrEnum):
    """Where a clock stands."""

    LATENT = "latent"
    RUNNING = "running"
    AT_RISK = "at_risk"
    """A threshold before the limit has passed."""
    DUE_NOW = "due_now"
    """Exactly at the limit: the last instant that is on time."""
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET_ON_TIME = "met_on_time"
    MET_LATE = "met_late"
    MISSED = "missed"
    """Over, never ended, and the incident is closed."""
    NOT_APPLICABLE = "not_applicable"


LATCHED = frozenset({State.MET_ON_TIME, State.MET_LATE, State.MISSED})
FAILED = frozenset({State.OVERDUE, State.MET_LATE, State.MISSED})
"""A deadline was missed; the clock commands end with exit code 4."""
_SILENT = LATCHED | {State.LATENT, State.NOT_APPLICABLE}


class Verdict(Frozen):
    """A clock as it is judged on what was known at one moment."""

    state: State
    known_at: datetime
    anchor_event: str | None = None
    anchor_at: datetime | None = None
    work_by: datetime | None = None
    statutory_limit: datetime | None = None
    ended_event: str | None = None
    ended_at: datetime | None = None
    """The late end of a time that is only roughly known: what can be shown, not what may be hoped."""
    late_by_seconds: int | float | None = None
    within_statutory_limit: bool | None = None
    is_certain: bool = True
    """Whether the other ends of rough times would give the same answer."""


def points(found: Reckoning) -> tuple[Point, ...]:
    """The thresholds of a clock with a limit."""
    return points_of(found.rule.thresholds, found.budget, found.due) if found.due is not None else ()


def judge(found: Reckoning, marks: tuple[Point, ...]) -> Verdict:
    """Judge a reckoning at the moment for which it was made."""
    limit = found.limit
    state = _state(found, marks)
    late = found.at - found.due if state in {State.OVERDUE, State.MISSED} and found.due is not None else None
    ended_at = found.ended.occurred_at.latest if found.ended is not None else None
    if ended_at is not None and found.due is not None and ended_at > found.due:
        late = ended_at - found.due
    statutory = found.statutory
    return Verdict(
        state=state,
        known_at=found.at,
        anchor_event=limit.anchor.id if limit is not None else None,
        anchor_at=limit.anchor.occurred_at.earliest if limit is not None else None,
        work_by=found.due,
        statutory_limit=statutory,
        ended_event=found.ended.id if found.ended is not None else None,
        ended_at=ended_at,
        late_by_seconds=seconds(late) if late is not None else None,
        within_statutory_limit=(ended_at or found.at) <= statutory if statutory is not None else None,
        is_certain=_is_certain(found),
    )


def _state(found: Reckoning, marks: tuple[Point, ...]) -> State:
    if found.ended is not None:
        in_time = found.due is None or found.ended.occurred_at.latest <= found.due
        return State.MET_ON_TIME if in_time else State.MET_LATE
    if found.decision is not None:
        return State.NOT_APPLICABLE
    if found.limit is None:
        return State.LATENT
    return _open_state(found, marks)


def _open_state(found: Reckoning, marks: tuple[Point, ...]) -> State:
    if found.due is not None and found.at > found.due:
        return State.OVERDUE if found.cycle.closed is None else State.MISSED
    if found.pauses.is_open:
        return State.PAUSED
    if found.due is None:
        target = found.target_at
        return State.AT_RISK if target is not None and found.at >= target else State.RUNNING
    if found.at == found.due:
        return State.DUE_NOW
    has_warned = any(point.at <= found.at for point in marks)
    return State.AT_RISK if has_warned else State.RUNNING


def _is_certain(found: Reckoning) -> bool:
    if found.due is None or found.due_if_late is None:
        return True
    if found.ended is None:
        return (found.at <= found.due) == (found.at <= found.due_if_late)
    worst = found.ended.occurred_at.latest <= found.due
    best = found.ended.occurred_at.earliest <= found.due_if_late
    return worst == best


def next_change(found: Reckoning, state: State, marks: tuple[Point, ...]) -> datetime | None:
    """When to look next: an evaluation at that very instant sees what changes there.

    Overdue begins one microsecond after the limit, since the limit itself is still on time.
    """
    if state in _SILENT:
        return None
    if state is State.PAUSED:
        return found.pauses.open_until
    moments = [point.at for point in marks]
    if found.due is not None:
        moments += [found.due, found.due + MICROSECOND]
    elif found.target_at is not None:
        moments.append(found.target_at)
    return min((moment for moment in moments if moment > found.at), default=None)
