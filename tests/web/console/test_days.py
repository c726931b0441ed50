"""Days and moments as a page says them, for a reader on either side of the date line."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leakguard.errors import UsageProblem
from leakguard.translations.catalogue import catalogue
from leakguard.web.console.pages.moments import on_clock
from leakguard.web.console.render import day, there_in


def told(zone: str, language: str = "en") -> Any:  # noqa: ANN401  (what a template hands to a filter)
    return {"desk": SimpleNamespace(zone=ZoneInfo(zone), words=catalogue(language)), "language": language}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Auckland"])
def test_a_day_that_stands_by_itself_is_the_same_everywhere(zone: str) -> None:
    assert day(told(zone), "2026-11-26") == "26 Nov 2026"


def test_the_day_of_a_moment_is_that_of_the_reader() -> None:
    assert day(told("America/Los_Angeles"), "2026-11-26T02:00:00Z") == "25 Nov 2026"
    assert day(told("Asia/Shanghai", "zh"), "2026-11-26T17:00:00Z") == "2026年11月27日"


def test_a_moment_in_another_zone_has_its_day_and_its_year() -> None:
    assert there_in(told("UTC"), "2026-12-03T20:03:48Z", "Asia/Shanghai") == "4 Dec 2026, 04:03"
    assert there_in(told("UTC", "zh"), "2026-12-03T20:03:48Z", "Asia/Shanghai") == "2026-12-04 04:03"


@pytest.mark.parametrize(("typed", "how"), [("2026-10-25T02:30", "show"), ("2026-03-29T02:30", "skip")])
def test_a_time_that_the_readers_clock_shows_twice_or_never_is_not_guessed(typed: str, how: str) -> None:
    """The hour in which the clocks are set back or forward; a deadline would begin an hour too early or too late."""
    with pytest.raises(UsageProblem, match=f"the clocks of Europe/Berlin {how} {typed.replace('T', ' ')}") as raised:
        on_clock(datetime.fromisoformat(typed), ZoneInfo("Europe/Berlin"))

    assert "UTC" in raised.value.next_step
    assert "Europe/Berlin的时钟" in catalogue("zh").said(raised.value.message)
    assert on_clock(datetime.fromisoformat(typed), ZoneInfo("UTC")) == datetime.fromisoformat(f"{typed}Z")


def test_a_time_of_the_readers_clock_is_the_moment_at_which_it_shows_that() -> None:
    found = on_clock(datetime.fromisoformat("2026-10-25T03:30"), ZoneInfo("Europe/Berlin"))

    assert found.astimezone(UTC) == datetime.fromisoformat("2026-10-25T02:30Z")
