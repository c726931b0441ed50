"""Days and moments as a page says them, for a reader on either side of the date line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leakguard.translations.catalogue import catalogue
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
