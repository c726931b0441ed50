"""Verdicts: how a computation is judged at a moment. On time means `ended_at <= due`, to the microsecond."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from leakguard.clocks.computations import Computation, seconds
from leakguard.clocks.thresholds import ThresholdInstant, threshold_instants_of
from leakguard.clocks.times import MICROSECOND
from leakguard.frozen import Frozen


class State(StrEnum):
    """Where a clock stands."""

    LATENT = "latent"
    """No anchor is recorded yet, so nothing runs."""
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
    """Past its deadline, without an ending event, and the incident is closed."""
    NOT_APPLICABLE = "not_applicable"


FINAL_STATES = frozenset({State.MET_ON_TIME, State.MET_LATE, State.MISSED})
"""The clock is finished: time alone changes nothing any more."""
FAILED = frozenset({State.OVERDUE, State.MET_LATE, State.MISSED})
"""The deadline has passed without an ending event, or the ending event came late; clock commands exit with 4."""
INACTIVE_STATES = FINAL_STATES | {State.LATENT, State.NOT_APPLICABLE}
"""The clock does not run: it is finished, has not begun, or was decided not to apply."""


class Verdict(Frozen):
    """A clock as it is judged on what was known at one moment; that of a check is `models.findings.Verdict`."""

    state: State
    known_at: datetime
    anchor_event: str | None = None
    anchor_at: datetime | None = None
    work_by: datetime | None = None
    statutory_limit: datetime | None = None
    ended_event: str | None = None
    ended_at: datetime | None = None
    """The latest possible time, if the time is only roughly known: only what can be proved counts as on time."""
    late_by_seconds: int | float | None = None
    within_statutory_limit: bool | None = None
    is_certain: bool = True
    """Whether the other bounds of the intervals of roughly known times would give the same answer."""


def threshold_instants(computed: Computation) -> tuple[ThresholdInstant, ...]:
    """The instants at which the thresholds of a clock fall, in their order; none without a limit."""
    if computed.due is None:
        return ()
    return threshold_instants_of(computed.rule.thresholds, computed.budget, computed.due)


def judge(computed: Computation, instants: tuple[ThresholdInstant, ...]) -> Verdict:
    """Judge a computation at the moment for which it was made."""
    limit = computed.limit
    state = _state(computed, instants)
    late = computed.at - computed.due if state in {State.OVERDUE, State.MISSED} and computed.due is not None else None
    ended_at = computed.ended.occurred_at.latest if computed.ended is not None else None
    if ended_at is not None and computed.due is not None and ended_at > computed.due:
        late = ended_at - computed.due
    statutory_deadline = computed.statutory_deadline
    return Verdict(
        state=state,
        known_at=computed.at,
        anchor_event=limit.anchor.id if limit is not None else None,
        anchor_at=limit.anchor.occurred_at.earliest if limit is not None else None,
        work_by=computed.due,
        statutory_limit=statutory_deadline,
        ended_event=computed.ended.id if computed.ended is not None else None,
        ended_at=ended_at,
        late_by_seconds=seconds(late) if late is not None else None,
        within_statutory_limit=(ended_at or computed.at) <= statutory_deadline
        if statutory_deadline is not None
        else None,
        is_certain=_is_certain(computed),
    )


def _state(computed: Computation, instants: tuple[ThresholdInstant, ...]) -> State:
    if computed.ended is not None:
        in_time = computed.due is None or computed.ended.occurred_at.latest <= computed.due
        return State.MET_ON_TIME if in_time else State.MET_LATE
    if computed.decision is not None:
        return State.NOT_APPLICABLE
    if computed.limit is None:
        return State.LATENT
    return _open_state(computed, instants)


def _open_state(computed: Computation, instants: tuple[ThresholdInstant, ...]) -> State:
    if computed.due is not None and computed.at > computed.due:
        return State.OVERDUE if computed.cycle.closed is None else State.MISSED
    if computed.pauses.is_open:
        return State.PAUSED
    if computed.due is None:
        target = computed.target_at
        return State.AT_RISK if target is not None and computed.at >= target else State.RUNNING
    if computed.at == computed.due:
        return State.DUE_NOW
    has_warned = any(one.at <= computed.at for one in instants)
    return State.AT_RISK if has_warned else State.RUNNING


def _is_certain(computed: Computation) -> bool:
    if computed.due is None or computed.due_by_latest_anchor is None:
        return True
    if computed.ended is None:
        return (computed.at <= computed.due) == (computed.at <= computed.due_by_latest_anchor)
    worst = computed.ended.occurred_at.latest <= computed.due
    best = computed.ended.occurred_at.earliest <= computed.due_by_latest_anchor
    return worst == best


def next_change(computed: Computation, state: State, instants: tuple[ThresholdInstant, ...]) -> datetime | None:
    """The next instant at which time alone changes the state or passes a threshold; `None` if there is none.

    An evaluation at exactly that instant sees the change. Overdue begins one microsecond after the limit, since the
    limit itself is still on time.
    """
    if state in INACTIVE_STATES:
        return None
    if state is State.PAUSED:
        return computed.pauses.open_until
    moments = [one.at for one in instants]
    if computed.due is not None:
        moments += [computed.due, computed.due + MICROSECOND]
    elif computed.target_at is not None:
        moments.append(computed.target_at)
    return min((moment for moment in moments if moment > computed.at), default=None)
