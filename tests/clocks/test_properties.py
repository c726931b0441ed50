"""What holds for all clocks, whatever the numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.spans import merged, overlap, total, walk, without
from leakguard.clocks.times import MICROSECOND
from leakguard.clocks.verdicts import FINAL_STATES, State
from leakguard.models.events import Event, Interval
from support.examples import examples

START = datetime(2026, 3, 20, 8, tzinfo=UTC)
HOURS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}

AMOUNTS = st.sampled_from([
    {"elapsed": "PT72H"}, {"elapsed": "PT1H30M"}, {"calendar": "P3D"}, {"calendar": "P1M"}, {"business_days": 4},
    {"business_hours": {"amount": "PT16H", "schedule": HOURS}}, {"year_end_plus": "P60D"},
])  # fmt: skip
RULES = st.fixed_dictionaries({
    "amount": AMOUNTS,
    "zone": st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Asia/Shanghai"]),
    "calendar": st.sampled_from(["CN", "US", "DE-BY"]),
    "count_from": st.sampled_from(["instant", "next_full_hour", "next_day"]),
    "end_at": st.sampled_from([None, "instant", "end_of_hour", "end_of_day", "12:00"]),
    "rollover": st.sampled_from(["none", "next_business_day_end", "next_business_day_at 12:00"]),
    "min_business_days": st.integers(0, 3),
})  # fmt: skip
MINUTES = st.integers(0, 60 * 24 * 20)
SPANS = st.lists(st.tuples(MINUTES, st.integers(1, 3000)), max_size=4)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def event(kind: str, minutes: int, number: int = 0, *, recorded: int | None = None, **fields: Any) -> Event:  # noqa: ANN401  (fields of an event)
    when = Interval(earliest=at(minutes), latest=at(minutes))
    corrects = fields.pop("corrects", None)
    noted = at(minutes if recorded is None else recorded)
    return Event(
        id=f"{kind}-{number}", kind=kind, occurred_at=when, recorded_at=noted, corrects=corrects, fields=fields
    )


def rule_of(shape: dict[str, Any], **rest: Any) -> ClockRule:  # noqa: ANN401  (fields of a rule)
    return ClockRule.model_validate({"id": "c", "anchor": "awareness", "end": "filed", **shape, **rest})


def one(rule: ClockRule, events: list[Event], now: datetime) -> ClockStatus:
    return evaluate(events, [rule], Calendars(), now)[0]


def pauses_of(spans: list[tuple[int, int]]) -> list[Event]:
    return [
        event("paused", start, number, basis="x", until=at(start + length).isoformat())
        for number, (start, length) in enumerate(spans)
    ]


LATE = START + timedelta(days=800)


@given(shape=RULES, spans=SPANS, extra=st.tuples(MINUTES, st.integers(1, 3000)))
@examples(200)
def test_one_pause_more_never_makes_a_limit_earlier(
    shape: dict[str, Any], spans: list[tuple[int, int]], extra: tuple[int, int]
) -> None:
    rule = rule_of(shape, pausable="with_basis")
    before = one(rule, [event("awareness", 0), *pauses_of(spans)], LATE).work_by
    after = one(rule, [event("awareness", 0), *pauses_of([*spans, extra])], LATE).work_by

    assert before is not None
    assert after is not None
    assert after >= before


SHORT_RULES = st.fixed_dictionaries({
    "amount": st.sampled_from([{"elapsed": "PT30H"}, {"calendar": "P2D"}, {"business_days": 2}]),
    "zone": st.sampled_from(["UTC", "America/New_York"]),
    "calendar": st.just("US"),
    "count_from": st.sampled_from(["instant", "next_day"]),
    "end_at": st.sampled_from(["instant", "end_of_hour", "end_of_day", "12:00"]),
    "rollover": st.sampled_from(["none", "next_business_day_end"]),
})  # fmt: skip
HOURS_OF_A_WEEK = st.integers(0, 24 * 7).map(lambda hours: 60 * hours)
PAUSES = st.lists(st.tuples(st.sampled_from(["paused", "resumed"]), HOURS_OF_A_WEEK), min_size=2, max_size=5)
_STEPS = 12
"""A pause without an end holds most clocks for ever; so many deadlines are followed."""


@given(shape=SHORT_RULES, rows=PAUSES, later=HOURS_OF_A_WEEK)
@examples(300)
def test_a_deadline_that_was_missed_stays_missed_whatever_is_paused_afterwards(
    shape: dict[str, Any], rows: list[tuple[str, int]], later: int
) -> None:
    rule, events = rule_of(shape, pausable="with_basis"), [event("awareness", 0)]
    events += [event(kind, minutes, number, basis="x") for number, (kind, minutes) in enumerate(rows)]
    now = START
    for _ in range(_STEPS):
        before = one(rule, events, now)
        if before.state is State.OVERDUE:
            after = one(rule, events, now + timedelta(minutes=later))
            assert (after.state, after.work_by) == (State.OVERDUE, before.work_by)
            return
        assert before.work_by is not None
        now = before.work_by + MICROSECOND


@given(shape=RULES, first=MINUTES, later=MINUTES)
@examples(300)
def test_a_later_anchor_never_makes_a_limit_earlier(shape: dict[str, Any], first: int, later: int) -> None:
    rule = rule_of(shape, rollover="none")
    due = [one(rule, [event("awareness", minutes)], LATE).work_by for minutes in sorted((first, later))]

    assert due[0] is not None
    assert due[1] is not None
    assert due[0] <= due[1]


STORIES = st.lists(
    st.tuples(st.sampled_from(["awareness", "filed", "paused", "resumed", "closed", "reopened"]), MINUTES, MINUTES),
    max_size=7,
)


def story_of(rows: list[tuple[str, int, int]]) -> list[Event]:
    """Events, each recorded when it happened or later, some of them correcting the one before."""
    made: list[Event] = []
    for number, (kind, minutes, delay) in enumerate(rows):
        corrects = made[-1].id if made and minutes % 5 == 0 and made[-1].kind == kind else None
        made.append(event(kind, minutes, number, recorded=minutes + delay, corrects=corrects, basis="x"))
    return made


@given(rows=STORIES, shape=RULES, seed=st.permutations(range(7)), now=MINUTES)
@examples(200)
def test_the_order_of_the_events_does_not_matter(
    rows: list[tuple[str, int, int]], shape: dict[str, Any], seed: list[int], now: int
) -> None:
    rule = rule_of(shape, pausable="with_basis")
    events = story_of(rows)
    shuffled = [events[place] for place in seed if place < len(events)]

    assert one(rule, events, at(now * 2)).verdict == one(rule, shuffled, at(now * 2)).verdict


@given(rows=STORIES, shape=RULES)
@examples(60)
def test_a_latched_verdict_never_vanishes_while_time_goes_on(
    rows: list[tuple[str, int, int]], shape: dict[str, Any]
) -> None:
    """What was filed stays as it was filed, however many corrections are recorded afterwards."""
    plain = [row for row in rows if row[0] in {"awareness", "filed"}]
    rule, events = rule_of(shape), story_of(plain)
    seen = None
    for moment in sorted({one_event.recorded_at for one_event in events}):
        filed = one(rule, events, moment).first_final_verdict
        if seen is not None:
            assert filed is not None
            assert (filed.state, filed.ended_at, filed.work_by) == seen
        elif filed is not None and filed.state in FINAL_STATES:
            seen = (filed.state, filed.ended_at, filed.work_by)


@given(rows=STORIES, shape=RULES, steps=st.integers(1, 15))
@examples(60)
def test_stepping_through_time_ends_where_a_leap_does(
    rows: list[tuple[str, int, int]], shape: dict[str, Any], steps: int
) -> None:
    rule, events = rule_of(shape, pausable="with_basis"), story_of(rows)
    end = at(60 * 24 * 60)
    last = None
    for step in range(steps + 1):
        last = one(rule, events, START + (end - START) * step / steps)

    assert last is not None
    assert last.verdict == one(rule, events, end).verdict
    assert last.first_final_verdict == one(rule, events, end).first_final_verdict


@given(shape=RULES, now=st.integers(0, 60 * 24 * 60))
@examples(200)
def test_nothing_changes_before_the_next_change(shape: dict[str, Any], now: int) -> None:
    rule, events = rule_of(shape), [event("awareness", 0)]
    found = one(rule, events, at(now))
    if found.next_change is None:
        return

    assert found.next_change > at(now)
    assert one(rule, events, found.next_change - timedelta(microseconds=1)).state is found.state


@given(shape=SHORT_RULES, rows=PAUSES, now=HOURS_OF_A_WEEK, later=MINUTES)
@examples(300)
def test_no_clock_that_was_paused_changes_its_state_before_its_next_change(
    shape: dict[str, Any], rows: list[tuple[str, int]], now: int, later: int
) -> None:
    rule, events = rule_of(shape, pausable="with_basis"), [event("awareness", 0)]
    events += [event(kind, minutes, number, basis="x") for number, (kind, minutes) in enumerate(rows) if minutes <= now]
    found = one(rule, events, at(now))
    then = at(now + later)
    if found.next_change is None or then < found.next_change:
        assert one(rule, events, then).state is found.state


@given(spans=SPANS, need=st.integers(0, 10000))
def test_a_walk_uses_up_exactly_what_was_needed(spans: list[tuple[int, int]], need: int) -> None:
    holes = merged((at(start), at(start + length)) for start, length in spans)
    end, ran = walk(START, timedelta(minutes=need), holes)

    assert total(ran) == timedelta(minutes=need)
    assert end - START == timedelta(minutes=need) + overlap(holes, START, end)
    assert total(without((START, end), holes)) == timedelta(minutes=need)


def test_stretches_of_no_length_are_dropped() -> None:
    assert merged([(at(1), at(1)), (at(3), at(2))]) == ()
