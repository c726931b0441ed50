"""Every shape of amount, with the vectors that were computed by hand or with other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import UsageProblem
from leakguard.files.yaml_text import read_yaml
from leakguard.translations.catalogue import catalogue
from support.clock_files import due_local, json_of, stand

Rule = dict[str, Any]

VECTORS = read_yaml((Path(__file__).parent / "vectors.yaml").read_text(encoding="utf-8"), name="vectors.yaml").value


@pytest.mark.parametrize("case", VECTORS["amounts"], ids=lambda case: case["name"])
def test_an_amount_ends_where_it_must(case: Rule) -> None:
    assert due_local(case["anchor"], case["amount"], case["zone"], **case.get("rule", {})) == case["due"]


@pytest.mark.parametrize("case", VECTORS["ends"], ids=lambda case: case["name"])
def test_an_end_moves_only_off_days_that_are_not_worked(case: Rule) -> None:
    assert (
        due_local(case["anchor"], {"elapsed": "PT72H"}, "Europe/Berlin", calendar="DE", **case["rule"]) == case["due"]
    )


def test_a_holiday_saturday_is_strict_for_work_and_moves_in_the_latest_reading() -> None:
    event = {"id": "e1", "kind": "awareness", "occurred_at": "2026-12-23T15:00"}
    rule = {"anchor": "awareness", "amount": {"elapsed": "PT72H"}, "calendar": "FR"}
    later = {"statutory": {"rollover": "next_business_day_end"}}

    found = json_of(stand([event], {**rule, **later}, "2026-12-24T00:00", zone="Europe/Paris"))

    assert found["work_by_local"] == "2026-12-26T15:00:00+01:00"
    assert found["statutory_limit_local"] == "2026-12-28T23:59:59.999999+01:00"
    assert any("arguable" in line for line in found["why"])


def test_a_latest_reading_never_comes_before_the_strict_one() -> None:
    event = {"id": "e1", "kind": "awareness", "occurred_at": "2026-06-01T15:30Z"}
    rule = {"anchor": "awareness", "amount": {"elapsed": "PT72H"}, "statutory": {"end_at": "00:10"}}

    found = json_of(stand([event], rule, "2026-06-02T00:00Z"))

    assert found["statutory_limit"] == found["work_by"] == "2026-06-04T15:30:00Z"


@pytest.mark.parametrize(
    ("discovered", "zone", "year"),
    [
        ("2026-12-31T22:00-08:00", "UTC", 2026),
        ("2027-01-01T06:00Z", "America/Los_Angeles", 2026),
        ("2027-01-01T06:00Z", "UTC", 2027),
        ("2027-01-01T01:00-05:00", "America/New_York", 2027),
        ("2027-01-01", "America/New_York", 2027),
        ("2027-01-01T06:00+14:00", "Pacific/Kiritimati", 2026),
    ],
)
def test_a_year_is_the_one_of_the_place_where_the_event_happened(discovered: str, zone: str, year: int) -> None:
    """An hour there is a year of the limit; the clock's own zone may still be in the old year, but never ahead."""
    rule = {"anchor": "discovery", "amount": {"year_end_plus": "P60D"}, "zone": "America/New_York"}
    event = {"id": "e1", "kind": "discovery", "occurred_at": discovered}

    found = json_of(stand([event], rule, "2027-01-02T00:00Z", zone=zone))

    ends = {2026: "2027-03-01T23:59:59.999999-05:00", 2027: "2028-02-29T23:59:59.999999-05:00"}
    assert found["work_by_local"] == ends[year]


def test_a_schedule_that_never_runs_is_refused() -> None:
    schedule = {"days": ["sun"], "from": "09:00", "to": "09:01"}
    with pytest.raises(UsageProblem, match="never offers"):
        due_local("2026-06-01T10:00", {"business_hours": "PT800000H"}, "UTC", schedule=schedule)


def test_what_was_not_counted_is_told() -> None:
    event = {"id": "e1", "kind": "awareness", "occurred_at": "2026-11-24T16:00"}
    rule = {"anchor": "awareness", "amount": {"business_days": 40}, "calendar": "US", "zone": "America/New_York"}

    why = "\n".join(stand([event], rule, "2026-11-25T00:00", zone="America/New_York").why)

    assert "2026-11-26 Thanksgiving Day" in why
    assert "2026-11-28 Saturday" in why
    assert "calendar US of the library holidays" in why
    assert "sha256:" in why


@pytest.mark.parametrize(("count", "line"), [(1, "1 working day, "), (2, "2 working days, ")])
def test_a_number_of_working_days_is_told_with_its_noun(count: int, line: str) -> None:
    rule = {"anchor": "awareness", "amount": {"business_days": count}, "calendar": "DE", "zone": "Europe/Berlin"}

    why = stand([{"kind": "awareness", "occurred_at": "2026-06-09T16:00"}], rule, "2026-06-10T00:00Z", zone="UTC").why

    assert next(each for each in why if "counted from the next day on, end" in each).startswith(line)


def test_a_day_that_does_not_count_has_its_weekday_in_the_language_of_the_sentence() -> None:
    event = {"kind": "awareness", "occurred_at": "2026-06-12T16:00"}
    days: Rule = {"anchor": "awareness", "amount": {"business_days": 1}, "calendar": "DE", "zone": "Europe/Berlin"}
    moved: Rule = {**days, "amount": {"calendar": "P1D"}, "rollover": "next_business_day_end"}
    say = catalogue("zh").gettext

    def told(rule: Rule) -> str:
        return "\n".join(stand([event], rule, "2026-06-13T00:00Z", zone="Europe/Berlin").why_in(say))

    for why in (told(days), told(moved)):
        assert "星期六" in why
        assert "Saturday" not in why


def test_a_calendar_that_is_not_announced_makes_the_limit_provisional() -> None:
    rule = {"anchor": "awareness", "amount": {"business_days": 5}, "calendar": "CN", "zone": "Asia/Shanghai"}

    soon = stand([{"kind": "awareness", "occurred_at": "2026-12-01"}], rule, "2026-12-02T00:00Z", zone="Asia/Shanghai")
    later = stand([{"kind": "awareness", "occurred_at": "2026-12-29"}], rule, "2026-12-30T00:00Z", zone="Asia/Shanghai")

    assert (soon.provisional, later.provisional) == (False, True)
    assert any("provisional" in line for line in later.why)


def test_hours_need_no_calendar_to_be_certain() -> None:
    rule = {"anchor": "awareness", "amount": {"elapsed": "PT72H"}, "calendar": "CN"}

    found = stand([{"kind": "awareness", "occurred_at": "2027-12-29"}], rule, "2027-12-30T00:00Z", zone="Asia/Shanghai")

    assert not found.provisional
    assert json_of(found)["calendar_version"] is None
