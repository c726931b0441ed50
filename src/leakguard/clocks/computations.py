"""One clock in one cycle, computed on what was believed at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from leakguard.clocks.adjustments import Pauses, decision_of, extended, pauses_of
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.durations import parse_exact
from leakguard.clocks.frames import Frame, Trace, frame_of
from leakguard.clocks.limits import Anchors, Limit, anchors_of, limit_of, rearms, statutory_limit
from leakguard.clocks.phrases import Phrase
from leakguard.clocks.rule_sentences import condition_phrase, limb_label, selector_phrase
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.spans import Span
from leakguard.clocks.stories import ByKind, Cycle
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
    limit: Limit | None
    """`None` while no anchor is known."""
    due: datetime | None
    """In the strict reading (see `frames`), after extensions."""
    original_due: datetime | None
    """As it was before an extension; equal to `due` without one."""
    statutory_deadline: datetime | None
    """By the latest interpretation that the rule's text supports, never before `due`; JSON: `statutory_limit`."""
    due_by_latest_anchor: datetime | None
    """The limit by the latest time of each anchor that is only roughly known, never before `due`."""
    ended: Event | None
    """The event that ended the clock; see `_ending`."""
    decision: Event | None
    """The decision by which the clock does not run; see `adjustments.decision_of`."""
    pauses: Pauses
    trace: Trace

    @property
    def budget(self) -> tuple[Span, ...]:
        """The spans in which the clock's time runs, an extension included."""
        if self.limit is None or self.due is None or self.original_due is None:
            return ()
        if self.due > self.original_due:
            return (*self.limit.budget, (self.original_due, self.due))
        return self.limit.budget

    @property
    def target_at(self) -> datetime | None:
        """The internal aim of a clock without a fixed limit."""
        if self.rule.target is None or self.limit is None:
            return None
        return self.limit.anchor.occurred_at.earliest + parse_exact(self.rule.target)


def compute(rule: ClockRule, cycle: Cycle, calendars: Calendars, at: datetime) -> Computation:
    """Compute one clock. Raises `UsageProblem` for a calendar or schedule that cannot be used."""
    trace = Trace(zone_of(rule.zone or "UTC"))
    pauses = pauses_of(rule, cycle.events, at, trace)
    frame = frame_of(rule, calendars, pauses.spans)
    anchors = anchors_of(rule, cycle.anchors)
    _tell_left_out(rule, cycle.anchors, anchors, trace)
    limit = limit_of(rule, anchors, frame, trace)
    original = limit.due if limit is not None else None
    due = original
    statutory_deadline = _statutory(rule, anchors, calendars, frame, original, trace)
    if due is not None and statutory_deadline is not None:
        due = extended(rule, cycle.events, due, trace)
        statutory_deadline = max(statutory_deadline, due)
    return Computation(
        rule=rule,
        cycle=cycle,
        at=at,
        frame=frame,
        limit=limit,
        due=due,
        original_due=original,
        statutory_deadline=statutory_deadline,
        due_by_latest_anchor=_due_by_latest_anchor(rule, anchors, frame, due),
        ended=_ending(rule, cycle, limit) if limit is not None else None,
        decision=decision_of(rule, cycle.events),
        pauses=pauses,
        trace=trace,
    )


def _tell_left_out(rule: ClockRule, events: ByKind, anchors: Anchors, trace: Trace) -> None:
    """Name the limbs that do not count, and why."""
    dropped = {one.limb: one.condition for one in rule.except_when if one.condition.holds(events)}
    for number, anchor in enumerate(anchors):
        if number in dropped:
            words = condition_phrase(dropped[number])
            trace.add("{} does not count, since {}.", limb_label(rule, number) or Phrase("The condition"), words)
        elif anchor is None:
            words = selector_phrase(rule.limbs[number].selector)
            trace.add("{} waits: {} is not recorded yet.", limb_label(rule, number) or Phrase("It"), words)


def _statutory(
    rule: ClockRule, anchors: Anchors, calendars: Calendars, frame: Frame, due: datetime | None, trace: Trace
) -> datetime | None:
    """The limit by the latest interpretation, never earlier than the strict one."""
    if rule.statutory is None or due is None:
        return due
    later, steps = statutory_limit(rule, rule.statutory, anchors, calendars, frame)
    reading = later.due if later is not None else None
    if reading is None or reading <= due:
        return due
    trace.add("The latest reading that the text supports (arguable) is another:")
    trace.lines.extend(steps.lines)
    trace.add("So the statutory limit is {}; the work is planned for {}.", reading, due)
    return reading


def _due_by_latest_anchor(rule: ClockRule, anchors: Anchors, frame: Frame, due: datetime | None) -> datetime | None:
    if due is None or all(anchor is None or anchor.occurred_at.is_exact for anchor in anchors):
        return due
    late = limit_of(rule, anchors, frame, Trace(frame.zone), use_anchor_latest=True)
    return due if late is None or late.due is None else max(due, late.due)


def _ending(rule: ClockRule, cycle: Cycle, limit: Limit) -> Event | None:
    """The event that ends the clock.

    It is the first one after the anchor, or else one before it: a filing still counts when a correction moves
    awareness to a later time. A clock that re-arms needs a new ending after each anchor. In a reopened incident, events
    before the reopening do not count, since they were about the earlier exposure.
    """
    if rule.ending is None:
        return None
    begun = limit.anchor.occurred_at.earliest
    others = {kind: _others(cycle.events.get(kind, ()), limit.anchor) for kind in rule.ending.kinds}
    after = {
        kind: tuple(event for event in group if event.occurred_at.latest >= begun) for kind, group in others.items()
    }
    found = rule.ending.select(after)
    if found is not None or rearms(rule):
        return found
    since = cycle.began_at
    if since is None:
        return rule.ending.select(others)
    return rule.ending.select(
        {kind: tuple(one for one in group if one.occurred_at.latest >= since) for kind, group in others.items()}
    )


def _others(events: Iterable[Event], anchor: Event) -> tuple[Event, ...]:
    """The anchor itself never ends its own clock."""
    return tuple(event for event in events if event.id != anchor.id)


def seconds(length: timedelta) -> int | float:
    """Whole seconds as an integer, else with microseconds."""
    exact = length.total_seconds()
    return int(exact) if exact.is_integer() else exact
