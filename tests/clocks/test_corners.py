"""Guards behind the file shapes: what a caller may hand over that no file can."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from leakguard.clocks.amounts import add_amount
from leakguard.clocks.calendars import Calendars, public_calendar, reason_off_work
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import parse_event_file
from leakguard.clocks.frames import Trace, frame_of
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import State
from leakguard.errors import BadFile, UsageProblem
from leakguard.files.light_shapes import LightShape
from leakguard.frozen import replace
from leakguard.models.events import Event, Interval

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def rule_of(**fields: Any) -> ClockRule:  # noqa: ANN401  (fields of a rule)
    return ClockRule.model_validate({"id": "c", "anchor": "awareness", "amount": {"elapsed": "PT24H"}, **fields})


def event(kind: str, **fields: Any) -> Event:  # noqa: ANN401  (fields of an event)
    return Event(id=kind, kind=kind, occurred_at=Interval(earliest=NOON, latest=NOON), recorded_at=NOON, fields=fields)


@pytest.mark.parametrize("until", ["some day", 5, None])
def test_an_extension_in_a_ledger_whose_end_cannot_be_read_gives_no_time(until: object) -> None:
    events = [event("awareness"), event("extension_granted", clock="c", until=until)]

    assert evaluate(events, [rule_of()], Calendars(), NOON)[0].work_by == datetime(2026, 6, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["E", "event"])
def test_of_decisions_that_were_recorded_together_the_one_with_the_higher_number_counts(name: str) -> None:
    waived, revived = event("not_applicable", clock="c"), event("applicable", clock="c")
    first, last = f"{name}-9", f"{name}-10"

    def decided(*decisions: Event) -> State:
        return evaluate([event("awareness"), *decisions], [rule_of()], Calendars(), NOON)[0].state

    assert decided(replace(waived, id=first), replace(revived, id=last)) is State.RUNNING
    assert decided(replace(revived, id=first), replace(waived, id=last)) is State.NOT_APPLICABLE


def test_extensions_of_one_moment_are_told_in_the_order_of_their_numbers() -> None:
    grants = [
        replace(event("extension_granted", clock="c", until=f"2026-06-0{day}T12:00Z"), id=f"E-{number}")
        for number, day in ((10, 4), (9, 3))
    ]

    lines = evaluate([event("awareness"), *grants], [rule_of()], Calendars(), NOON)[0].why

    assert [line.split(" (")[0] for line in lines if "replaces the limit" in line] == ["Event E-9", "Event E-10"]


def test_working_days_without_a_calendar_are_refused() -> None:
    frame = frame_of(rule_of(), Calendars(), ())

    with pytest.raises(UsageProblem, match="calendar"):
        assert frame.required_calendar.name


def test_working_hours_without_a_schedule_are_refused() -> None:
    rule = rule_of(amount={"business_hours": "PT1H"}, schedule={"days": ["mon"], "from": "09:00", "to": "17:00"})
    bare = rule.model_copy(update={"schedule": None})
    frame = frame_of(bare, Calendars(), ())

    with pytest.raises(UsageProblem, match="schedule"):
        add_amount(bare.limbs[0].amount, NOON, frame, Trace(zone_of("UTC")), deadline_of=lambda each: each.end)


def test_a_working_day_has_no_reason_to_be_off() -> None:
    assert reason_off_work(public_calendar("DE"), date(2026, 6, 1)) == ""
    assert reason_off_work(public_calendar("DE"), date(2026, 6, 7)) == "Sunday"


def test_years_beyond_the_library_are_not_certain() -> None:
    days = public_calendar("DE")

    assert [days.year(year).is_estimated for year in (1970, 2026, 2100, 2150)] == [True, False, False, True]


def test_a_rule_is_the_same_after_it_was_written_out() -> None:
    rule = rule_of(
        except_when={"limb": 0, "if": "awareness > detected"},
        schedule={"days": ["mon"], "from": "09:00", "to": "24:00"},
        statutory={"end_at": "end_of_day"},
    )

    assert ClockRule.model_validate(rule.model_dump(by_alias=True, exclude_defaults=True)) == rule
    assert isinstance(rule, LightShape)


def test_half_a_character_is_refused_before_anything_reads_it() -> None:
    with pytest.raises(BadFile, match=r"half of a character|invalid Unicode character"):
        parse_event_file('zone: "\\ud83d"', name="events.yaml")


def test_a_long_chain_of_corrections_is_followed_quickly_and_in_any_order() -> None:
    chain = [
        Event(
            id=f"e{number}",
            kind="awareness",
            occurred_at=Interval(earliest=NOON, latest=NOON),
            recorded_at=NOON + timedelta(seconds=number),
            corrects=f"e{number - 1}" if number else "unknown",
        )
        for number in range(1000)
    ]
    later = NOON + timedelta(hours=1)

    for events in (chain, chain[::-1]):
        found = evaluate(events, [rule_of()], Calendars(), later)[0]
        assert (found.verdict.anchor_event, found.generation) == ("e999", 1000)
