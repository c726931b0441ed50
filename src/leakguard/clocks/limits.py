"""The limit of a clock: its limbs, the one that decides, and the latest reading that the rule's text supports."""

from __future__ import annotations

from datetime import datetime

from leakguard.clocks.amounts import walk_amount
from leakguard.clocks.calendars import Calendars, is_provisional
from leakguard.clocks.endings import ended
from leakguard.clocks.frames import Frame, Trace, frame_of
from leakguard.clocks.picks import Selector
from leakguard.clocks.rule_sentences import condition_name, selector_words
from leakguard.clocks.rules import ClockRule, Limb, Reading
from leakguard.clocks.spans import Span
from leakguard.clocks.stories import ByKind
from leakguard.clocks.times import year_of
from leakguard.clocks.walks import budget_of
from leakguard.frozen import Frozen
from leakguard.models.events import Event


class Limit(Frozen):
    """Where one limb ends."""

    limb: int
    anchor: Event
    due: datetime | None
    """`None` for a limb with no fixed limit."""
    budget: tuple[Span, ...] = ()
    """The stretches in which the time runs, up to `due`."""
    is_provisional: bool = False
    calendar_version: str = ""


Anchors = tuple[Event | None, ...]
"""One a limb; `None` while it is not known, or where the limb is dropped."""


def anchors_of(rule: ClockRule, events: ByKind) -> Anchors:
    """The anchor of each limb that counts."""
    dropped = {one.limb for one in rule.except_when if one.condition.holds(events)}
    return tuple(None if number in dropped else limb.selector.of(events) for number, limb in enumerate(rule.limbs))


def rearms(rule: ClockRule) -> bool:
    """Whether a later anchor starts the clock anew, so that an earlier ending no longer counts."""
    return any(limb.selector.rearms for limb in rule.limbs)


def kinds_of(rule: ClockRule) -> frozenset[str]:
    """The kinds of events from which this clock is reckoned."""
    selectors: list[Selector] = [limb.selector for limb in rule.limbs]
    kinds = frozenset().union(*(selector.kinds for selector in selectors))
    return kinds.union(*(one.condition.kinds for one in rule.except_when))


def limit_of(rule: ClockRule, anchors: Anchors, frame: Frame, trace: Trace, *, latest: bool = False) -> Limit | None:
    """The limit by the limb that decides; `None` while no anchor is known.

    With `latest` the late end of an anchor that is only roughly known counts instead of the early one.
    Limbs whose anchor is still unknown are left aside: the strict reading does not wait for them.
    """
    limits = []
    for number, (limb, anchor) in enumerate(zip(rule.limbs, anchors, strict=True)):
        if anchor is not None:
            _tell_anchor(rule, number, anchor, trace, latest=latest)
            limits.append(_limb_limit(number, limb, anchor, frame, trace, latest=latest))
    dated = [limit for limit in limits if limit.due is not None]
    if not dated:
        return limits[0] if limits else None
    if len(dated) == 1:
        return dated[0]
    chosen = (min if rule.combine == "min" else max)(dated, key=lambda limit: (limit.due, limit.limb))
    which = "earliest" if rule.combine == "min" else "latest"
    trace.add("The {} of these limits counts: that of condition {}.", which, chosen.limb + 1)
    return chosen


def _tell_anchor(rule: ClockRule, number: int, anchor: Event, trace: Trace, *, latest: bool) -> None:
    """Say which event a condition counts from, and when that was."""
    at = anchor.occurred_at.latest if latest else anchor.occurred_at.earliest
    rough = "" if anchor.occurred_at.is_exact else ", known only roughly: its earliest end counts"
    kind = f" (`{anchor.kind}`)" if len(rule.limbs[number].selector.picks) > 1 else ""
    words = selector_words(rule.limbs[number].selector)
    name = condition_name(rule, number) or "It"
    trace.add("{} counts from {}: event {}{} at {}" + rough + ".", name, words, anchor.id, kind, at)


def _limb_limit(number: int, limb: Limb, anchor: Event, frame: Frame, trace: Trace, *, latest: bool) -> Limit:
    at = anchor.occurred_at.latest if latest else anchor.occurred_at.earliest
    if limb.amount.none:
        trace.add("There is no fixed limit: the time counts up.")
        return Limit(limb=number, anchor=anchor, due=None)
    own_year = year_of(anchor.occurred_at) if limb.amount.unit == "year_end_plus" and not latest else None
    walked = walk_amount(limb.amount, at, frame, trace, own_year=own_year)
    due = ended(limb.amount.unit, at, walked, frame, trace)
    first, last = frame.day_of(at), frame.day_of(max(due, walked.end))
    calendar = frame.calendar if _uses_calendar(limb, frame) else None
    return Limit(
        limb=number,
        anchor=anchor,
        due=due,
        budget=budget_of(walked, due),
        is_provisional=calendar is not None and is_provisional(calendar, first, last),
        calendar_version=calendar.version(first.year, last.year) if calendar is not None else "",
    )


def _uses_calendar(limb: Limb, frame: Frame) -> bool:
    counts = limb.amount.unit in {"business_days", "business_hours"}
    return counts or frame.rollover != "none" or frame.min_business_days > 0


def latest_reading(
    rule: ClockRule, reading: Reading, anchors: Anchors, calendars: Calendars, strict: Frame
) -> tuple[Limit | None, Trace]:
    """The limit by the latest reading that the rule's text supports, and how it came about."""
    frame = frame_of(rule, calendars, strict.pauses, reading)
    trace = Trace(strict.zone)
    return limit_of(rule, anchors, frame, trace), trace
