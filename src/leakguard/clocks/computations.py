"""One clock in one cycle (see `event_history.Cycle`), computed on what was believed at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from leakguard.clocks.adjustments import (
    Pauses,
    decision_of,
    extended,
    pauses_of,
    with_late_pauses_ignored,
)
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.deadlines import (
    Anchors,
    LimbDeadline,
    anchors_of,
    deciding_deadline,
    lenient_deadline,
    restarts_with_later_anchor,
)
from leakguard.clocks.durations import parse_exact
from leakguard.clocks.event_history import Cycle
from leakguard.clocks.frames import Frame, Trace, frame_of
from leakguard.clocks.phrases import Phrase
from leakguard.clocks.rule_sentences import comparison_phrase, limb_label, selector_phrase
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.spans import Span
from leakguard.clocks.times import zone_of
from leakguard.frozen import Frozen
from leakguard.models.events import Event


class Computation(Frozen):
    """What was computed of a clock; `verdicts` judges it."""

    rule: ClockRule
    cycle: Cycle
    at: datetime
    """The moment for which it was computed."""
    frame: Frame
    limb_deadline: LimbDeadline | None
    """The deadline by the limb that decides, before extensions; `None` while no anchor is known."""
    deadline: datetime | None
    """In the strict reading (see `frames`), after extensions; `None` without a fixed one."""
    deadline_before_extensions: datetime | None
    """As it was before an extension; equal to `deadline` without one."""
    statutory_deadline: datetime | None
    """By the lenient reading of the rule (see `frames`), never before `deadline`; JSON: `statutory_limit`."""
    deadline_by_latest_anchor: datetime | None
    """The deadline by the latest time of each anchor that is only roughly known, never before `deadline`."""
    ending_event: Event | None
    """The event that ended the clock, if any; see `_ending`."""
    decision: Event | None
    """The decision by which the clock does not run; see `adjustments.decision_of`."""
    pauses: Pauses
    trace: Trace

    @property
    def budget(self) -> tuple[Span, ...]:
        """The spans in which the clock's time runs, an extension included."""
        if self.limb_deadline is None or self.deadline is None or self.deadline_before_extensions is None:
            return ()
        if self.deadline > self.deadline_before_extensions:
            return (*self.limb_deadline.budget, (self.deadline_before_extensions, self.deadline))
        return self.limb_deadline.budget

    @property
    def is_paused(self) -> bool:
        """Whether a pause stops the clock at this moment; from `LimbDeadline.pauses_count_until` on, none does."""
        pauses_count_until = self.limb_deadline.pauses_count_until if self.limb_deadline is not None else None
        return self.pauses.is_open and (pauses_count_until is None or self.at < pauses_count_until)

    @property
    def internal_aim_at(self) -> datetime | None:
        """The instant of the internal aim (`ClockRule.target`) of a clock without a fixed deadline; else `None`."""
        if self.rule.target is None or self.limb_deadline is None:
            return None
        return self.limb_deadline.anchor.occurred_at.earliest + parse_exact(self.rule.target)


def compute(rule: ClockRule, cycle: Cycle, calendars: Calendars, at: datetime) -> Computation:
    """Compute one clock. Raises `UsageProblem` for a calendar or schedule that cannot be used."""
    trace = Trace(zone_of(rule.zone or "UTC"))
    pauses = pauses_of(rule, cycle.events, at, trace)
    frame = frame_of(rule, calendars, pauses.spans)
    anchors = anchors_of(rule, cycle.anchors)
    _tell_left_out(rule, cycle, anchors, trace)
    limb_deadline = deciding_deadline(rule, anchors, frame, trace)
    original = limb_deadline.deadline if limb_deadline is not None else None
    deadline = original
    statutory_deadline = _statutory(rule, anchors, calendars, frame, original, trace)
    if deadline is not None and statutory_deadline is not None:
        deadline = extended(rule, cycle.events, deadline, trace)
        statutory_deadline = max(statutory_deadline, deadline)
    ending_event = _ending(rule, cycle, limb_deadline) if limb_deadline is not None else None
    pauses_count_until = limb_deadline.pauses_count_until if limb_deadline is not None else None
    if ending_event is None and deadline is not None and pauses_count_until is not None:
        pauses = with_late_pauses_ignored(pauses, pauses_count_until, deadline, trace)
    return Computation(
        rule=rule,
        cycle=cycle,
        at=at,
        frame=frame,
        limb_deadline=limb_deadline,
        deadline=deadline,
        deadline_before_extensions=original,
        statutory_deadline=statutory_deadline,
        deadline_by_latest_anchor=_deadline_by_latest_anchor(rule, anchors, frame, deadline),
        ending_event=ending_event,
        decision=decision_of(rule, cycle.events),
        pauses=pauses,
        trace=trace,
    )


def _tell_left_out(rule: ClockRule, cycle: Cycle, anchors: Anchors, trace: Trace) -> None:
    """Name the limbs that do not count, and why."""
    held = [exception for exception in rule.except_when if exception.comparison.holds(cycle.anchors)]
    dropped = {exception.limb: exception.comparison for exception in held}
    waits = "{} waits: {} is not recorded yet." if cycle.reopened_at is None else "{} waits for {} after the reopening."
    for number, anchor in enumerate(anchors):
        if number in dropped:
            words = comparison_phrase(dropped[number])
            trace.add("{} does not count, since {}.", limb_label(rule, number) or Phrase("The condition"), words)
        elif anchor is None:
            words = selector_phrase(rule.limbs[number].selector)
            trace.add(waits, limb_label(rule, number) or Phrase("It"), words)


def _statutory(
    rule: ClockRule, anchors: Anchors, calendars: Calendars, frame: Frame, deadline: datetime | None, trace: Trace
) -> datetime | None:
    """The deadline by the lenient reading, never earlier than the strict one."""
    if rule.statutory is None or deadline is None:
        return deadline
    lenient, steps = lenient_deadline(rule, rule.statutory, anchors, calendars, frame)
    reading = lenient.deadline if lenient is not None else None
    if reading is None or reading <= deadline:
        return deadline
    trace.add("The text can also be read less strictly (this is arguable):")
    trace.lines.extend(steps.lines)
    trace.add("So the statutory limit is {}; work by {}.", reading, deadline)
    return reading


def _deadline_by_latest_anchor(
    rule: ClockRule, anchors: Anchors, frame: Frame, deadline: datetime | None
) -> datetime | None:
    if deadline is None or all(anchor is None or anchor.occurred_at.is_exact for anchor in anchors):
        return deadline
    late = deciding_deadline(rule, anchors, frame, Trace(frame.zone), use_anchor_latest=True)
    return deadline if late is None or late.deadline is None else max(deadline, late.deadline)


def _ending(rule: ClockRule, cycle: Cycle, limb_deadline: LimbDeadline) -> Event | None:
    """The event that ends the clock.

    The selector picks it from the events at or after the anchor. If it finds none there, it picks from all events: a
    filing still counts when a correction moves awareness to a later time. A clock that `restarts_with_later_anchor`
    needs a new ending after each anchor. In a reopened incident, an ending before the anchor counts only if it came
    after the reopening: earlier ones were about the earlier exposure.
    """
    if rule.ending is None:
        return None
    begun = limb_deadline.anchor.occurred_at.earliest
    others = {kind: _others(cycle.events.get(kind, ()), limb_deadline.anchor) for kind in rule.ending.kinds}
    after = {
        kind: tuple(event for event in group if event.occurred_at.latest >= begun) for kind, group in others.items()
    }
    found = rule.ending.select(after)
    if found is not None or restarts_with_later_anchor(rule):
        return found
    since = cycle.reopened_at
    if since is None:
        return rule.ending.select(others)
    return rule.ending.select(
        {kind: tuple(event for event in group if event.occurred_at.latest >= since) for kind, group in others.items()}
    )


def _others(events: Iterable[Event], anchor: Event) -> tuple[Event, ...]:
    """The anchor itself never ends its own clock."""
    return tuple(event for event in events if event.id != anchor.id)


def seconds(length: timedelta) -> int | float:
    """Whole seconds as an integer, else with microseconds."""
    exact = length.total_seconds()
    return int(exact) if exact.is_integer() else exact
