"""The codes of countries in settings and scopes, against those of the duties and those of CLDR."""

from __future__ import annotations

from pathlib import Path

from babel import Locale

from leakguard.bundled import BundledFiles
from leakguard.models.places import COUNTRIES, codes_of, wrong_code
from leakguard.notices.book import load_vocabulary

ROOT = Path(__file__).parents[2]


def test_settings_and_duties_know_the_same_countries() -> None:
    assert frozenset(load_vocabulary(BundledFiles(ROOT)).countries) == COUNTRIES


def test_each_of_them_has_a_name_in_cldr() -> None:
    assert set(Locale("en").territories) >= COUNTRIES


def test_each_country_and_each_part_of_one_is_a_seat() -> None:
    assert [code for code in COUNTRIES if wrong_code(code) or wrong_code(f"{code}-A1")] == []


def test_several_seats_stand_in_one_text_and_the_union_is_one() -> None:
    assert codes_of("CN, US-CA EU,CN") == ("CN", "US-CA", "EU")
    assert wrong_code("CN, US-CA EU,CN") is None
