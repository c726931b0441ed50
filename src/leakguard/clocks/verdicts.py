"""Verdicts: how a computation is judged at a moment, and the last sentences of its explanation.

On time means `ended_at <= deadline`, to the microsecond.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from leakguard.clocks.computations import Computation, seconds
from leakguard.clocks.durations import length_of
from leakguard.clocks.phrases import Line, Phrase, kind_phrase
from leakguard.clocks.thresholds import ThresholdInstant, threshold_instants_of
from leakguard.clocks.times import MICROSECOND
from leakguard.frozen import Frozen


class State(StrEnum):
    """Where a clock stands."""

    LATENT = "latent"
    """No anchor is recorded in this cycle yet, so nothing runs."""
    RUNNING = "running"
    AT_RISK = "at_risk"
    """A threshold before the deadline has passed, or the internal aim of a clock without a deadline."""
    DUE_NOW = "due_now"
    """Exactly at the deadline: the last instant that is on time."""
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET_ON_TIME = "met_on_time"
    MET_LATE = "met_late"
    MISSED = "missed"
    """Past its deadline, without an ending event, and the incident is closed."""
    NOT_APPLICABLE = "not_applicable"


FINAL_STATES = frozenset({State.MET_ON_TIME, State.MET_LATE, State.MISSED})
"""The clock is finished: time alone does not change the state any more."""
FAILED = frozenset({State.OVERDUE, State.MET_LATE, State.MISSED})
"""The deadline has passed without an ending event, or the ending event came late; clock commands exit with 4."""
INACTIVE_STATES = FINAL_STATES | {State.LATENT, State.NOT_APPLICABLE}
"""The clock does not run: it is finished, has not begun, or was decided not to apply."""


class ClockVerdict(Frozen):
    """How a clock is judged on what was known at one moment; the fields are as in the JSON of a clock."""

    state: State
    judged_at: datetime
    """The moment for which it was judged (`Computation.at`); JSON: `known_at`.

    For a current verdict it is `now`, not the `known_at` of `evaluate`.
    """
    anchor_event: str | None = None
    anchor_at: datetime | None = None
    work_by: datetime | None = None
    statutory_limit: datetime | None = None
    ended_event: str | None = None
    ended_at: datetime | None = None
    """The latest possible time, if the time is only roughly known: only what can be proved counts as on time."""
    late_by_seconds: int | float | None = None
    """`None` if it is not late."""
    within_statutory_limit: bool | None = None
    """Whether the end, or else the moment of the verdict, is within `statutory_limit`; `None` without a deadline."""
    is_certain: bool = True
    """Whether the verdict is the same whichever bound of each inexact time is taken."""


def threshold_instants(computed: Computation) -> tuple[ThresholdInstant, ...]:
    """The instants at which the thresholds of a clock fall, in their order; none without a deadline."""
    if computed.deadline is None:
        return ()
    return threshold_instants_of(computed.rule.thresholds, computed.budget, computed.deadline)


def judge(computed: Computation, instants: tuple[ThresholdInstant, ...]) -> ClockVerdict:
    """Judge a computation at the moment for which it was made."""
    limb_deadline = computed.limb_deadline
    state = _state(computed, instants)
    late = (
        computed.at - computed.deadline
        if state in {State.OVERDUE, State.MISSED} and computed.deadline is not None
        else None
    )
    ended_at = computed.ending_event.occurred_at.latest if computed.ending_event is not None else None
    if ended_at is not None and computed.deadline is not None and ended_at > computed.deadline:
        late = ended_at - computed.deadline
    statutory_deadline = computed.statutory_deadline
    return ClockVerdict(
        state=state,
        judged_at=computed.at,
        anchor_event=limb_deadline.anchor.id if limb_deadline is not None else None,
        anchor_at=limb_deadline.anchor.occurred_at.earliest if limb_deadline is not None else None,
        work_by=computed.deadline,
        statutory_limit=statutory_deadline,
        ended_event=computed.ending_event.id if computed.ending_event is not None else None,
        ended_at=ended_at,
        late_by_seconds=seconds(late) if late is not None else None,
        within_statutory_limit=(ended_at or computed.at) <= statutory_deadline
        if statutory_deadline is not None
        else None,
        is_certain=_is_certain(computed),
    )


def _state(computed: Computation, instants: tuple[ThresholdInstant, ...]) -> State:
    if computed.ending_event is not None:
        is_on_time = computed.deadline is None or computed.ending_event.occurred_at.latest <= computed.deadline
        return State.MET_ON_TIME if is_on_time else State.MET_LATE
    if computed.decision is not None:
        return State.NOT_APPLICABLE
    if computed.limb_deadline is None:
        return State.LATENT
    return _open_state(computed, instants)


def _open_state(computed: Computation, instants: tuple[ThresholdInstant, ...]) -> State:
    if computed.deadline is not None and computed.at > computed.deadline:
        return State.OVERDUE if computed.cycle.closed is None else State.MISSED
    if computed.is_paused:
        return State.PAUSED
    if computed.deadline is None:
        aim = computed.internal_aim_at
        return State.AT_RISK if aim is not None and computed.at >= aim else State.RUNNING
    if computed.at == computed.deadline:
        return State.DUE_NOW
    has_warned = any(instant.at <= computed.at for instant in instants)
    return State.AT_RISK if has_warned else State.RUNNING


def _is_certain(computed: Computation) -> bool:
    if computed.deadline is None or computed.deadline_by_latest_anchor is None:
        return True
    if computed.ending_event is None:
        return (computed.at <= computed.deadline) == (computed.at <= computed.deadline_by_latest_anchor)
    worst = computed.ending_event.occurred_at.latest <= computed.deadline
    best = computed.ending_event.occurred_at.earliest <= computed.deadline_by_latest_anchor
    return worst == best


def next_change(
    computed: Computation,
    state: State,
    instants: tuple[ThresholdInstant, ...],
    compute_at: Callable[[datetime], Computation],
) -> datetime | None:
    """The next instant at which time alone changes the state or passes a threshold; `None` if there is none.

    An evaluation at exactly that instant sees the change. Overdue begins one microsecond after the deadline, since
    the deadline itself is still on time. In a pause, the result may be earlier than the real change, and then the next
    call gives a later one; it is never later. `compute_at` computes the same clock for a later moment.
    """
    if state in INACTIVE_STATES:
        return None
    if state is State.PAUSED:
        return _next_change_in_pause(computed, instants, compute_at)
    moments = [instant.at for instant in instants]
    if computed.deadline is not None:
        moments += [computed.deadline, computed.deadline + MICROSECOND]
    elif computed.internal_aim_at is not None:
        moments.append(computed.internal_aim_at)
    return min((moment for moment in moments if moment > computed.at), default=None)


def _next_change_in_pause(
    computed: Computation, instants: tuple[ThresholdInstant, ...], compute_at: Callable[[datetime], Computation]
) -> datetime | None:
    """The end of the pause, or an earlier instant at which the clock changes in the pause; see `next_change`.

    Usually the deadline and the thresholds move on with the pause, so that they are not reached in it. But a deadline
    in working days moves only by whole days, and one that an extension set does not move. So the clock is computed for
    the next instant that is expected now; if that has moved by then, for the next one expected then, and so on.
    """
    until = computed.pauses.open_until
    moment: datetime | None = None
    for _ in range(_MOST_MOVES):
        moments = [instant.at for instant in instants]
        moments += [computed.deadline + MICROSECOND] if computed.deadline is not None else []
        moment = min((moment for moment in moments if moment > computed.at), default=None)
        if moment is None or (until is not None and moment >= until):
            return until
        then = compute_at(moment)
        instants = threshold_instants(then)
        if _state(then, instants) is not State.PAUSED or any(instant.at == moment for instant in instants):
            return moment
        if computed.deadline is not None and then.deadline == computed.deadline + (moment - computed.at):
            return until
        computed = then
    return moment


_MOST_MOVES = 8
"""How many times `_next_change_in_pause` computes the clock for a later instant."""


def conclusion_lines(computed: Computation, verdict: ClockVerdict) -> tuple[Line, ...]:
    """The lines after the computation: calendar data, the deadline, the verdict."""
    lines: list[Line] = []
    if computed.limb_deadline is None and computed.cycle.reopened_at is None:
        lines.append(("Nothing that starts it is recorded yet, so the clock does not run.", ()))
    elif computed.limb_deadline is None:
        lines.append(("No event after the reopening starts it, so the clock does not run.", ()))
    if computed.limb_deadline is not None and computed.limb_deadline.calendar_version:
        lines.append(("Working days by {}.", (computed.limb_deadline.calendar_version,)))
    if computed.limb_deadline is not None and computed.limb_deadline.is_provisional:
        lines.append(("The calendar is not announced that far: the limit is provisional.", ()))
    if verdict.work_by is not None:
        by_memory = computed.rule.from_memory
        lines.append(("Work by {} (from memory)." if by_memory else "Work by {}.", (verdict.work_by,)))
    late = computed.deadline_by_latest_anchor
    if late is not None and computed.deadline is not None and late > computed.deadline:
        lines.append(("If the start was as late as the stated interval allows, the limit would be {}.", (late,)))
    return (*lines, *_verdict_lines(computed, verdict))


def _verdict_lines(computed: Computation, verdict: ClockVerdict) -> list[Line]:
    lines: list[Line] = []
    if computed.decision is not None and verdict.state is State.NOT_APPLICABLE:
        event = computed.decision
        why = event.reason or _reason(computed)
        lines.append(("{} by event {}: {}.", (kind_phrase(event.kind), event.id, why)))
    if verdict.ended_at is not None:
        lines.append(("Ended by event {} at {}: {}.", (verdict.ended_event, verdict.ended_at, _ending_phrase(verdict))))
    elif verdict.late_by_seconds is not None:
        lines.append(("Overdue by {}.", (length_of(verdict.late_by_seconds),)))
    if not verdict.is_certain:
        lines.append(("The times are known only as intervals: their other bounds would give another verdict.", ()))
    return lines


def _reason(computed: Computation) -> object:
    rationale = computed.decision.fields.get("rationale") if computed.decision is not None else None
    return str(rationale) if rationale else Phrase("no reason was recorded")


def _ending_phrase(verdict: ClockVerdict) -> Phrase:
    if verdict.work_by is None:
        return Phrase("there was no fixed limit")
    late = verdict.late_by_seconds
    return Phrase("late by {}", (length_of(late),)) if late is not None else Phrase("on time")
