"""From events, rules, calendars and an instant, compute the state of every clock.

Pure: the same arguments give the same statuses, whatever the order of the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from leakguard.clocks.adjustments import MOVING_KINDS, concerns
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.computations import Computation, compute, seconds
from leakguard.clocks.deadlines import anchors_of, kinds_of
from leakguard.clocks.event_history import EventHistory, View
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.spans import ZERO, overlap
from leakguard.clocks.thresholds import ThresholdInstant, share_used
from leakguard.clocks.verdicts import (
    FINAL_STATES,
    INACTIVE_STATES,
    ClockVerdict,
    State,
    judge,
    next_change,
    threshold_instants,
)
from leakguard.models.events import Event
from leakguard.models.records import SYSTEM_TIME_CORRECTED


def evaluate(
    events: Iterable[Event], rules: Sequence[ClockRule], calendars: Calendars, now: datetime,
    *, known_at: datetime | None = None,
) -> tuple[ClockStatus, ...]:  # fmt: skip
    """The status of each clock at `now` (UTC), in the order of the rules.

    Only events that happened and were recorded by `known_at`, by default `now`, count.
    Pass `event_history.EVERYTHING` to count all recorded events, even those whose `recorded_at` lies in the future.
    Raises `UsageProblem` for a calendar or a schedule that cannot be used.
    """
    history = EventHistory(events, now, known_at)
    return tuple(_status_of(rule, history, calendars) for rule in rules)


class _JudgedCycle(NamedTuple):
    """One cycle of a clock: what was computed, how it was judged, and its thresholds."""

    computed: Computation
    verdict: ClockVerdict
    threshold_instants: tuple[ThresholdInstant, ...]
    """Empty once the clock has ended."""


class StatusesOnDemand(Mapping[str, ClockStatus]):
    """The status of each clock, by its id; each is computed when it is asked for, since most laws do not apply."""

    def __init__(
        self, events: Iterable[Event], rules: Iterable[ClockRule], calendars: Calendars, now: datetime,
        *, known_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """As `evaluate`."""
        self._rules = {rule.id: rule for rule in rules}
        self._history, self._calendars = EventHistory(events, now, known_at), calendars
        self._computed: dict[str, ClockStatus] = {}

    def __getitem__(self, name: str) -> ClockStatus:
        """Raises `UsageProblem` as `evaluate`."""
        if name not in self._computed:
            self._computed[name] = _status_of(self._rules[name], self._history, self._calendars)
        return self._computed[name]

    def __iter__(self) -> Iterator[str]:
        """The ids."""
        return iter(self._rules)

    def __len__(self) -> int:
        """How many clocks."""
        return len(self._rules)

    def __contains__(self, name: object) -> bool:
        """Whether there is a clock with this id; computes nothing."""
        return name in self._rules


def _status_of(rule: ClockRule, history: EventHistory, calendars: Calendars) -> ClockStatus:
    view = history.view(history.known_at)
    judged = [_judged(rule, history, calendars, number) for number in range(len(view.cycles))]
    current = _current_cycle(rule, view, judged)
    earlier = tuple(
        _shown(judged_cycle.verdict, _first_final_verdict(rule, history, calendars, number, judged_cycle.verdict))
        for number, judged_cycle in enumerate(judged[:current])
        if judged_cycle.verdict.state != State.LATENT
    )
    first_final = _first_final_verdict(rule, history, calendars, current, judged[current].verdict)
    compute_at = partial(compute, rule, judged[current].computed.cycle, calendars)
    return _assembled(rule, history, judged[current], compute_at, first_final=first_final, earlier=earlier)


def _current_cycle(rule: ClockRule, view: View, judged: Sequence[_JudgedCycle]) -> int:
    """The number of the cycle whose verdict is shown: by the first of these rules that applies.

    1. For the clock of a law, the first cycle in which it runs or is overdue: a reopening does not move its deadline.
    2. If the last cycle has no anchor yet, the latest cycle that `_is_shown_after_reopening`.
    3. The last cycle.
    """
    running = [number for number, each in enumerate(judged) if each.verdict.state not in INACTIVE_STATES]
    if rule.is_law and running:
        return running[0]
    last = len(judged) - 1
    ended_by_reopening_at = view.ended_by_reopening_at(last - 1)
    if ended_by_reopening_at is None or judged[last].verdict.state is not State.LATENT:
        return last
    shown = (
        number for number in range(last, -1, -1) if _is_shown_after_reopening(judged[number], ended_by_reopening_at)
    )
    return next(shown, last)


def _is_shown_after_reopening(judged: _JudgedCycle, reopened_at: datetime) -> bool:
    """Whether the clock of this cycle runs, ended at `reopened_at` or later, or missed the deadline of a law.

    Otherwise the reopening, or for a law a second closing, would hide it.
    """
    ended = judged.computed.ending_event
    if judged.verdict.state is State.MISSED:
        return judged.computed.rule.is_law
    is_inactive = judged.verdict.state in INACTIVE_STATES
    return not is_inactive or (ended is not None and ended.occurred_at.earliest >= reopened_at)


def _judged(
    rule: ClockRule, history: EventHistory, calendars: Calendars, number: int, at: datetime | None = None
) -> _JudgedCycle:
    """Compute and judge cycle `number`, or the last one if there were fewer, on what was known at a moment."""
    moment = at or history.now
    view = history.view(at or history.known_at)
    number = min(number, len(view.cycles) - 1)
    computed = compute(rule, view.cycles[number], calendars, moment)
    ended_by_reopening_at = view.ended_by_reopening_at(number)
    if (
        ended_by_reopening_at is not None
        and computed.limb_deadline is not None
        and computed.ending_event is None
        and computed.decision is None
    ):
        # A reopening ended this cycle before anything ended the clock. If the clock is no law and had missed its
        # deadline by then, the closing of its own cycle still counts for it: it stays missed, or is met late by an
        # event of a later cycle. For any other clock only the closing of the last cycle counts, so it runs on.
        was_missed = computed.deadline is not None and computed.deadline < ended_by_reopening_at and not rule.is_law
        closed = view.cycles[number if was_missed else -1].closed
        computed = compute(rule, view.carried_on(number, closed=closed), calendars, moment)
    instants = threshold_instants(computed) if computed.ending_event is None else ()
    return _JudgedCycle(computed, judge(computed, instants), instants)


def _first_final_verdict(
    rule: ClockRule, history: EventHistory, calendars: Calendars, number: int, verdict: ClockVerdict
) -> ClockVerdict | None:
    """See `ClockStatus.first_final_verdict`; `verdict` is the one on all that is known.

    Judges the cycle anew at each moment at which something was recorded, from the first possible ending on.
    """
    if verdict.state is State.MISSED:
        return verdict
    ending = rule.ending
    if ending is None:
        return None
    first = next((event.recorded_at for event in history.events if ending.matches(event)), None)
    if first is None:
        return None
    moments = list(dict.fromkeys(event.recorded_at for event in history.events if event.recorded_at >= first))
    for moment in moments:
        if moment == moments[-1] and verdict.state in FINAL_STATES:
            return verdict
        # At this moment the cycle had not begun: an ending that was recorded by then is of an earlier cycle.
        if number >= len(history.view(moment).cycles):
            continue
        before = _judged(rule, history, calendars, number, moment).verdict
        if before.state in FINAL_STATES:
            return before
    return None


def _generation(rule: ClockRule, history: EventHistory) -> int:
    """How often the anchors of a clock, or the events in `MOVING_KINDS` that concern it, have changed.

    Changes count in the order in which they were recorded; see `_inputs_fingerprint`.
    """
    kinds = kinds_of(rule) | MOVING_KINDS
    relevant = [event for event in history.events if event.kind in kinds or event.corrects is not None]
    generation = 0
    last: object = None
    for moment in dict.fromkeys(event.recorded_at for event in relevant):
        fingerprint = _inputs_fingerprint(rule, history.view(moment))
        if fingerprint is not None and fingerprint != last:
            generation += 1
            last = fingerprint
    return generation


def _inputs_fingerprint(rule: ClockRule, view: View) -> object:
    """What the deadline is computed from, as a value to compare; `None` while no anchor is known.

    The ids and times of the anchors, and the ids of the events in `MOVING_KINDS` that concern the clock. A reopening
    and a correction of system time concern every clock; a pause or a resumption that names none concerns every clock
    that may be paused.
    """
    anchors = anchors_of(rule, view.cycles[-1].anchors)
    if not any(anchors):
        return None
    moving = [event for kind in sorted(MOVING_KINDS) for event in view.by_kind.get(kind, ())]
    moved = [
        event.id
        for event in moving
        if event.kind in {"reopened", SYSTEM_TIME_CORRECTED}
        or concerns(event, rule)
        or (event.kind in {"paused", "resumed"} and _is_general_for(rule, event))
    ]
    when = [(anchor.id, anchor.occurred_at.earliest) if anchor is not None else None for anchor in anchors]
    return when, moved


def _is_general_for(rule: ClockRule, event: Event) -> bool:
    return rule.pausable == "with_basis" and "clock" not in event.fields and "obligation" not in event.fields


def _assembled(
    rule: ClockRule,
    history: EventHistory,
    judged: _JudgedCycle,
    compute_at: Callable[[datetime], Computation],
    *,
    first_final: ClockVerdict | None,
    earlier: tuple[ClockVerdict, ...],
) -> ClockStatus:
    computed, verdict, instants = judged
    shown = _shown(verdict, first_final)
    is_inactive = shown.state in INACTIVE_STATES
    return ClockStatus(
        rule=rule,
        state=shown.state,
        verdict=shown,
        first_final_verdict=first_final,
        as_corrected=verdict if first_final is not None or verdict.state in FINAL_STATES else None,
        earlier_cycles=earlier,
        computed=computed,
        threshold_instants=instants,
        generation=_generation(rule, history),
        next_change=next_change(computed, shown.state, instants, compute_at),
        remaining_seconds=None
        if is_inactive or computed.deadline is None
        else seconds(computed.deadline - history.now),
        budget_used=_budget_used(computed),
        elapsed=_elapsed(computed),
        recorded_later_count=history.recorded_later_count,
    )


def _shown(verdict: ClockVerdict, first_final: ClockVerdict | None) -> ClockVerdict:
    """The verdict to show: `first_final` if that was late and `verdict` is on time; else `verdict`.

    What was late when it was first_final stays late, whatever is corrected afterwards.
    """
    was_late = first_final is not None and first_final.state is State.MET_LATE and verdict.state is State.MET_ON_TIME
    return first_final if was_late and first_final is not None else verdict


def _until(computed: Computation) -> datetime:
    return computed.ending_event.occurred_at.latest if computed.ending_event is not None else computed.at


def _budget_used(computed: Computation) -> float | None:
    budget = computed.budget
    return share_used(budget, computed.deadline, _until(computed)) if computed.deadline is not None and budget else None


def _elapsed(computed: Computation) -> tuple[timedelta, timedelta] | None:
    """The time from the anchor to the end or to now: gross, and net of pauses. `None` without an anchor."""
    if computed.limb_deadline is None:
        return None
    start, end = computed.limb_deadline.anchor.occurred_at.earliest, _until(computed)
    gross = max(ZERO, end - start)
    return gross, gross - overlap(computed.pauses.spans, start, end)
