"""Times as people write them, and the ones that are refused."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.durations import parse_calendar_period, parse_exact, parse_threshold
from leakguard.clocks.times import (
    end_of_day,
    parse_instant,
    parse_interval,
    resolve_stated,
    rfc3339,
    start_of_day,
    zone_of,
)
from leakguard.errors import UsageProblem


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-06-10T22:30", "2026-06-10T14:30:00Z"),
        ("2026-06-10 22:30:15.5", "2026-06-10T14:30:15.500000Z"),
        ("2026-06-10T22:30Z", "2026-06-10T22:30:00Z"),
        ("2026-06-10T22:30z", "2026-06-10T22:30:00Z"),
        ("2026-06-10T22:30+05:45", "2026-06-10T16:45:00Z"),
        ("2026-06-10T22:30-0330", "2026-06-11T02:00:00Z"),
        ("2026-06-10 22:30 Asia/Kolkata", "2026-06-10T17:00:00Z"),
        ("2026-10-25T02:30+01:00[Europe/Berlin]", "2026-10-25T01:30:00Z"),
        ("2026-10-25T02:30+01:00 [Europe/Berlin]", "2026-10-25T01:30:00Z"),
        (" 2026-10-25T02:30+02:00 ", "2026-10-25T00:30:00Z"),
    ],
)
def test_an_instant_is_read_in_its_zone(text: str, utc: str) -> None:
    assert rfc3339(parse_instant(text, zone="Asia/Shanghai")) == utc


def test_a_date_is_the_whole_local_day() -> None:
    found = parse_interval("2026-03-29", zone="Europe/Berlin")

    assert (rfc3339(found.earliest), rfc3339(found.latest)) == ("2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999999Z")
    assert (found.stated, found.zone, found.is_exact) == ("2026-03-29", "Europe/Berlin", False)


def test_an_interval_reaches_from_the_first_to_the_last_end() -> None:
    found = parse_interval({"earliest": "2026-06-10", "latest": "2026-06-11", "zone": "Asia/Shanghai"})

    assert (rfc3339(found.earliest), rfc3339(found.latest)) == ("2026-06-09T16:00:00Z", "2026-06-11T15:59:59.999999Z")
    assert found.stated == "2026-06-10 to 2026-06-11"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "not a time"),
        (20260610, "not a time"),
        ("2" * 200, "not a time"),
        ("yesterday", "can be read"),
        ("2026-06-10T22", "can be read"),
        ("2026-02-30", "no such day"),
        ("1066-10-14", "year must lie"),
        ("2026-06-10T25:00Z", "no such time of day"),
        ("2026-06-10T22:30+15:00", "no such offset"),
        ("2026-06-10T22:30+01:99", "no such offset"),
        ("2026-06-10T22:30 [Europe/Berlin", "can be read"),
        ("2026-06-10 Europe/Berlin]", "can be read"),
        ("2026-06-10T22:30", "no zone"),
        ("2026-06-10", "no zone"),
        ("2026-06-10 22:30 Europe/Berln", "did you mean `Europe/Berlin`"),
        ("2026-06-10T22:30+05:00[Europe/Berlin]", "not the one of Europe/Berlin"),
        ({"earliest": "2026-06-10Z"}, "both"),
        ({"earliest": "2026-06-11T00:00Z", "latest": "2026-06-10T00:00Z"}, "lies after"),
        ({"earlest": "2026-06-11T00:00Z"}, "did you mean `earliest`"),
        ({"pqx": "2026-06-11T00:00Z"}, "unknown field `pqx`"),
        ({"earliest": "2026-06-10", "latest": "2026-06-11", "zone": 3}, "must be a name"),
    ],
)
def test_what_cannot_be_a_time_is_refused(value: Any, words: str) -> None:  # noqa: ANN401  (YAML holds anything)
    with pytest.raises(UsageProblem, match=words):
        parse_interval(value)


@pytest.mark.parametrize(
    ("text", "zone", "words", "offsets"),
    [
        ("2026-10-25T02:30", "Europe/Berlin", "exists twice", ("+02:00", "+01:00")),
        ("2026-03-29T02:30", "Europe/Berlin", "does not exist", ("+01:00", "+02:00")),
        ("2026-10-04T02:10", "Australia/Lord_Howe", "does not exist", ("+10:30", "+11:00")),
    ],
)
def test_folds_and_gaps_are_left_to_the_writer(text: str, zone: str, words: str, offsets: tuple[str, str]) -> None:
    with pytest.raises(UsageProblem, match=words) as caught:
        parse_interval(text, zone=zone)

    assert all(offset in caught.value.next_step for offset in offsets)


def test_a_whole_day_is_no_instant() -> None:
    with pytest.raises(UsageProblem, match="exact time"):
        parse_instant("2026-06-10", zone="UTC")


@pytest.mark.parametrize("name", ["localtime", "Europe", "../etc/passwd", "Nowhere/At_All", "a" * 200])
def test_a_zone_must_be_known_everywhere(name: str) -> None:
    with pytest.raises(UsageProblem, match="unknown time zone"):
        zone_of(name)


def test_a_day_has_as_many_hours_as_its_zone_gives_it() -> None:
    berlin = zone_of("Europe/Berlin")
    lengths = [
        (end_of_day(day, berlin) - start_of_day(day, berlin)).total_seconds() + 0.000001
        for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1))
    ]

    assert lengths == [23 * 3600, 25 * 3600, 24 * 3600]


@given(st.text(max_size=60) | st.dictionaries(st.text(max_size=10), st.text(max_size=30), max_size=4))
def test_any_text_is_a_time_or_a_refusal(value: object) -> None:
    with contextlib.suppress(UsageProblem):
        found = parse_interval(value, zone="Europe/Berlin")
        assert found.earliest <= found.latest


@given(
    st.datetimes(min_value=datetime.fromisoformat("1971-01-01"), max_value=datetime.fromisoformat("2099-01-01")),
    st.sampled_from(["UTC", "Asia/Kathmandu", "Europe/Berlin"]),
)
def test_a_wall_clock_that_is_read_shows_the_same_again(local: datetime, zone: str) -> None:
    with contextlib.suppress(UsageProblem):
        at = resolve_stated(local, zone_of(zone))
        assert at.tzinfo is UTC
        assert at.astimezone(zone_of(zone)).replace(tzinfo=None) == local


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT72H", 259200), ("PT1H30M", 5400), ("PT0S", 0), ("PT1.5H", 5400), ("PT0.000001S", 0.000001)],
)
def test_exact_durations_are_exact(text: str, seconds: float) -> None:
    assert parse_exact(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["PT", "P3D", "72h", "PT-1H", "P1DT1H", "", "PT9000000H"])
def test_days_are_no_exact_duration(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse_exact(text)


@pytest.mark.parametrize("text", ["P", "PT1H", "P1.5D", "three days", "P99999D", "P1DT1H"])
def test_hours_are_no_calendar_period(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse_calendar_period(text)


def test_a_calendar_period_adds_months_before_days() -> None:
    assert parse_calendar_period("P1Y1M1W1D").after(date(2027, 1, 31)) == date(2028, 3, 8)


@pytest.mark.parametrize("text", ["0%", "101%", "half", "-P1D", "--PT1H", "+-PT1H", "-", "%", ""])
def test_a_threshold_is_a_share_or_an_exact_time(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse_threshold(text)


@given(st.text(max_size=30))
def test_any_text_is_a_duration_or_a_refusal(text: str) -> None:
    for parse in (parse_exact, parse_calendar_period, parse_threshold):
        with contextlib.suppress(UsageProblem):
            parse(text)


@pytest.mark.parametrize("text", ["soon", "2026-06-31T10:00Z", "2026-06-10T25:00Z", "2026-06-10"])
def test_where_one_moment_is_needed_no_whole_day_is_proposed(text: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        parse_instant(text, zone="UTC")

    assert caught.value.next_step.startswith("Write it as 2026-06-10T22:30,")


def test_what_else_is_wrong_with_a_moment_keeps_its_own_next_step() -> None:
    with pytest.raises(UsageProblem, match="no zone") as caught:
        parse_instant("2026-06-10T22:30")

    assert "Add an offset" in caught.value.next_step
