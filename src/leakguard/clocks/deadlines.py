"""The deadline of a clock: by each limb, by the limb that decides, and by the lenient reading of the rule's text.

A *limb* is one anchor and amount of a rule, see `rules.Limb`. `LimbDeadline` is the deadline by one limb, before
extensions; `computations.Computation.deadline` is the clock's. Sentences to users call a deadline a *limit*.
"""

from __future__ import annotations

from datetime import date, datetime, time

from leakguard.clocks.amounts import DAY, AmountEnd, add_amount, budget_of, full_hour_after
from leakguard.clocks.calendars import Calendars, is_provisional, is_working, next_working, reason_off_work
from leakguard.clocks.event_history import ByKind
from leakguard.clocks.event_selection import Selector
from leakguard.clocks.frames import Frame, Trace, frame_of
from leakguard.clocks.phrases import Phrase, Translatable
from leakguard.clocks.rule_sentences import limb_label, selector_phrase
from leakguard.clocks.rules import ClockRule, LenientReading, Limb
from leakguard.clocks.selectors import parse_selector
from leakguard.clocks.spans import ZERO, Span, before, overlap
from leakguard.clocks.times import MICROSECOND, end_of_day, resolve_computed, year_of
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event

_COUNTS = {
    "min": "The earliest of these limits counts: that of condition {}.",
    "max": "The latest of these limits counts: that of condition {}.",
}
_LEAST_DAYS = (
    "The period must hold {} whole working day, so it ends at {}.",
    "The period must hold {} whole working days, so it ends at {}.",
)
"""Index it with whether the number is other than 1."""
_END_WORDS = {"end_of_day": "the end of the day", "end_of_hour": "the end of the hour"}
_ENDS_WITH_THE_DAY = {"business_days", "year_end_plus"}


def apply_end_rules(unit: str, anchor: datetime, amount_end: AmountEnd, frame: Frame, trace: Trace) -> datetime:
    """The deadline, from the end of the amount: end rule, least number of working days, rollover, in this order."""
    mode = frame.end_at or ("end_of_day" if unit in _ENDS_WITH_THE_DAY else "instant")
    deadline = _rounded(mode, amount_end, frame)
    if deadline != amount_end.end:
        trace.add("It ends at {}: {}.", Phrase(_END_WORDS.get(mode, mode)), deadline)
    if frame.min_business_days == 0 and frame.rollover == "none":
        return deadline
    deadline = _with_minimum_days(mode, anchor, deadline, frame, trace)
    return deadline if frame.rollover == "none" else _rolled_over(mode, amount_end, deadline, frame, trace)


def _rounded(mode: str, amount_end: AmountEnd, frame: Frame) -> datetime:
    end = amount_end.end
    if mode == "instant":
        return end
    if mode == "end_of_hour":
        local = end.astimezone(frame.zone)
        is_full = local.minute == local.second == local.microsecond == 0
        return end if is_full else full_hour_after(end, frame)
    day = frame.day_of(end)
    if mode == "end_of_day":
        return end_of_day(day, frame.zone)
    deadline = _at(day, mode, frame)
    # A time of day that is over before the clock starts belongs to the next day.
    return deadline if deadline >= amount_end.start else _at(day + DAY, mode, frame)


def _at(day: date, time_of_day: str, frame: Frame) -> datetime:
    return resolve_computed(datetime.combine(day, time.fromisoformat(time_of_day)), frame.zone)


def _with_minimum_days(mode: str, anchor: datetime, deadline: datetime, frame: Frame, trace: Trace) -> datetime:
    """Extend `deadline` until the period contains `min_business_days` whole working days.

    They are counted from the day after the anchor (Regulation 1182/71, Article 3(5)).
    """
    if frame.min_business_days == 0:
        return deadline
    day = frame.day_of(anchor)
    for _ in range(frame.min_business_days):
        day = next_working(frame.required_calendar, day)
    least = _moved_end_on(day, mode, frame)
    if least <= deadline:
        return deadline
    trace.add(_LEAST_DAYS[frame.min_business_days != 1], frame.min_business_days, least)
    return least


def _rolled_over(mode: str, amount_end: AmountEnd, deadline: datetime, frame: Frame, trace: Trace) -> datetime:
    """Move `deadline` from a day off to the next working day (Regulation 1182/71, Article 3(4)).

    Without pauses, only a deadline on a day off moves. With pauses, it is at least the next working day after the last
    day off between the unpaused end and the deadline: without the pauses, it may have been on that day off and rolled
    over, and a pause must not make it earlier.
    """
    day = frame.day_of(deadline)
    last_day_off = day
    was_paused = overlap(frame.pauses, amount_end.start, amount_end.end) > ZERO
    earliest = min(day, frame.day_of(amount_end.unpaused)) if was_paused else day
    while last_day_off >= earliest and is_working(frame.required_calendar, last_day_off):
        last_day_off -= DAY
    if last_day_off < earliest:
        return deadline
    moved = max(deadline, _moved_end_on(next_working(frame.required_calendar, last_day_off), mode, frame))
    if moved != deadline:
        why = Translatable(reason_off_work(frame.required_calendar, last_day_off))
        trace.add("{} is no working day ({}), so it ends at {}.", last_day_off, why, moved)
    return moved


def _moved_end_on(day: date, mode: str, frame: Frame) -> datetime:
    """When a moved deadline ends on `day`.

    At the time that the rollover names; without a rollover, at the time that the end rule names; else with the day.
    """
    if frame.rollover.startswith("next_business_day_at "):
        return _at(day, frame.rollover.rpartition(" ")[2], frame)
    if frame.rollover == "none" and ":" in mode:
        return _at(day, mode, frame)
    return end_of_day(day, frame.zone)


class LimbDeadline(Frozen):
    """The deadline by one limb, before extensions."""

    limb_number: int
    anchor: Event
    deadline: datetime | None
    """`None` for a limb with no fixed deadline."""
    budget: tuple[Span, ...] = ()
    """The spans in which the clock's time runs, up to `deadline`; thresholds such as `50%` are shares of them."""
    is_provisional: bool = False
    """Whether it depends on a year whose calendar is estimated."""
    calendar_version: str = ""
    """See `Calendar.version`; empty if no calendar was used."""
    pauses_count_until: datetime | None = None
    """A pause that begins at this instant or later does not move `deadline`; `None` for a limb with no fixed one."""


Anchors = tuple[Event | None, ...]
"""One for each limb; `None` while it is not known, or if `except_when` drops the limb."""


def anchors_of(rule: ClockRule, events: ByKind) -> Anchors:
    """The anchor of each limb that counts; the event of `not_before` in the place of one that lies before it."""
    dropped = {exception.limb for exception in rule.except_when if exception.comparison.holds(events)}
    anchors = [None if number in dropped else limb.selector.select(events) for number, limb in enumerate(rule.limbs)]
    least = parse_selector(rule.not_before).select(events) if rule.not_before is not None else None
    if least is None:
        return tuple(anchors)
    return tuple(anchor and max(least, anchor, key=_earliest) for anchor in anchors)


def _earliest(event: Event) -> datetime:
    return event.occurred_at.earliest


def restarts_with_later_anchor(rule: ClockRule) -> bool:
    """Whether a later anchor starts the clock anew, so that earlier endings no longer count: a limb says `last`."""
    return any(limb.selector.takes_latest for limb in rule.limbs)


def kinds_of(rule: ClockRule) -> frozenset[str]:
    """The kinds of events from which the deadline of this clock is computed."""
    selectors: list[Selector] = [limb.selector for limb in rule.limbs]
    if rule.not_before is not None:
        selectors.append(parse_selector(rule.not_before))
    kinds = frozenset().union(*(selector.kinds for selector in selectors))
    return kinds.union(*(exception.comparison.kinds for exception in rule.except_when))


def deciding_deadline(
    rule: ClockRule, anchors: Anchors, frame: Frame, trace: Trace, *, use_anchor_latest: bool = False
) -> LimbDeadline | None:
    """The deadline by the limb that decides; `None` while no anchor is known.

    With `use_anchor_latest`, a roughly known anchor counts by its latest time instead of its earliest.
    Limbs whose anchor is still unknown are left out: the strict reading does not wait for them.
    """
    limb_deadlines = []
    for number, (limb, anchor) in enumerate(zip(rule.limbs, anchors, strict=True)):
        if anchor is not None:
            _tell_anchor(rule, number, anchor, trace, use_anchor_latest=use_anchor_latest)
            limb_deadlines.append(
                _limb_deadline(number, limb, anchor, frame, trace, use_anchor_latest=use_anchor_latest)
            )
    dated = [limb_deadline for limb_deadline in limb_deadlines if limb_deadline.deadline is not None]
    if not dated:
        return limb_deadlines[0] if limb_deadlines else None
    if len(dated) == 1:
        return dated[0]
    chosen = (min if rule.combine == "min" else max)(
        dated, key=lambda deadline: (deadline.deadline, deadline.limb_number)
    )
    trace.add(_COUNTS[rule.combine], chosen.limb_number + 1)
    return chosen


def _tell_anchor(rule: ClockRule, number: int, anchor: Event, trace: Trace, *, use_anchor_latest: bool) -> None:
    """Say which event a limb counts from, and when that was.

    With `use_anchor_latest` the sentence is wrong, but the caller discards the trace.
    """
    at = anchor.occurred_at.latest if use_anchor_latest else anchor.occurred_at.earliest
    selector = rule.limbs[number].selector
    if rule.not_before is not None and not selector.matches(anchor):
        selector = parse_selector(rule.not_before)
    words = selector_phrase(selector)
    name = limb_label(rule, number) or Phrase("It")
    event: object = anchor.id
    if len(selector.patterns) > 1:
        # The third value is for translations only: English prints the kind as it is spelled in files.
        event = Phrase("{} (`{}`)", (anchor.id, anchor.kind, Translatable(anchor.kind)))
    exact, rough = _COUNTED_FROM
    trace.add(exact if anchor.occurred_at.is_exact else rough, name, words, event, at)


_COUNTED_FROM = (
    "{} counts from {}: event {} at {}.",
    "{} counts from {}: event {} at {}, known only roughly: the earliest possible time counts.",
)


def _limb_deadline(
    number: int, limb: Limb, anchor: Event, frame: Frame, trace: Trace, *, use_anchor_latest: bool
) -> LimbDeadline:
    at = anchor.occurred_at.latest if use_anchor_latest else anchor.occurred_at.earliest
    if limb.amount.none:
        trace.add("There is no fixed limit: the time counts up.")
        return LimbDeadline(limb_number=number, anchor=anchor, deadline=None)
    stated_year = year_of(anchor.occurred_at) if limb.amount.unit == "year_end_plus" and not use_anchor_latest else None
    frame = _with_pauses_until_deadline(limb, at, frame, stated_year)
    amount_end, deadline = _end_of(limb, at, frame, trace, stated_year)
    first, last = frame.day_of(at), frame.day_of(max(deadline, amount_end.end))
    calendar = frame.calendar if _uses_calendar(limb, frame) else None
    return LimbDeadline(
        limb_number=number,
        anchor=anchor,
        deadline=deadline,
        budget=budget_of(amount_end, deadline),
        is_provisional=calendar is not None and is_provisional(calendar, first, last),
        calendar_version=calendar.version(first.year, last.year) if calendar is not None else "",
        pauses_count_until=_pauses_count_until(limb, amount_end, deadline),
    )


def _pauses_count_until(limb: Limb, amount_end: AmountEnd, deadline: datetime) -> datetime:
    """See `LimbDeadline`. Pauses move it up to the end of the amount, or for working days up to the deadline."""
    is_over = deadline + MICROSECOND
    return is_over if limb.amount.unit == "business_days" else min(amount_end.end, is_over)


def _end_of(
    limb: Limb, at: datetime, frame: Frame, trace: Trace, stated_year: int | None
) -> tuple[AmountEnd, datetime]:
    """The end of the limb's amount, counted from `at`, and the deadline."""

    def deadline_of(amount_end: AmountEnd, trace: Trace) -> datetime:
        return apply_end_rules(limb.amount.unit, at, amount_end, frame, trace)

    def silent_deadline_of(amount_end: AmountEnd) -> datetime:
        return deadline_of(amount_end, Trace(frame.zone))

    amount_end = add_amount(limb.amount, at, frame, trace, stated_year=stated_year, deadline_of=silent_deadline_of)
    return amount_end, deadline_of(amount_end, trace)


def _with_pauses_until_deadline(limb: Limb, at: datetime, frame: Frame, stated_year: int | None) -> Frame:
    """The frame without the time that was paused after the deadline: what was missed stays missed.

    The first estimate is the deadline without pauses. The pauses up to it may move it; then those up to the new one
    count, and so on. Pauses count up to the end of the amount. Only where `end_at` is a time of day can the deadline
    lie before that end, so only such a rule needs this; `amounts` does it for working days.
    """
    if not frame.pauses or ":" not in (frame.end_at or "") or limb.amount.unit == "business_days":
        return frame
    counted: tuple[Span, ...] = ()
    deadline: datetime | None = None
    while True:
        cut = replace(frame, pauses=counted)
        _, moved = _end_of(limb, at, cut, Trace(frame.zone), stated_year)
        if moved == deadline:
            return cut
        deadline = moved
        counted = before(frame.pauses, deadline + MICROSECOND)


def _uses_calendar(limb: Limb, frame: Frame) -> bool:
    counts = limb.amount.unit in {"business_days", "business_hours"}
    return counts or frame.rollover != "none" or frame.min_business_days > 0


def lenient_deadline(
    rule: ClockRule, reading: LenientReading, anchors: Anchors, calendars: Calendars, strict: Frame
) -> tuple[LimbDeadline | None, Trace]:
    """The deadline by the lenient reading of a rule, and the trace of its computation."""
    frame = frame_of(rule, calendars, strict.pauses, reading)
    trace = Trace(strict.zone)
    return deciding_deadline(rule, anchors, frame, trace), trace
