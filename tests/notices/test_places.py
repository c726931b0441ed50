"""Places and the laws that they bring: whoever sits, or has people, in a place that a duty asks about has its clock."""

from __future__ import annotations

from leakguard.notices.duties import Duty
from leakguard.notices.places import LawMap, law_of, places_of
from support.each import for_each
from support.notices import book

BOOK = book()
MAP = LawMap(BOOK.duties, BOOK.vocabulary)
MEMBER_STATES = {
    *("at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie"),
    *("it", "lv", "lt", "lu", "mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se"),
}
"""Each has a law of its own that transposes NIS2, or that NIS2 will change."""


@for_each("duty", BOOK.duties, ids=lambda duty: duty.id)
def test_every_place_that_a_duty_asks_about_brings_its_law(duty: Duty) -> None:
    inside = {code: BOOK.vocabulary.regions.get(code, (code,)) for code in places_of(duty)}

    assert inside
    for code, places in inside.items():
        for place in (code, *places):
            assert law_of(duty) in MAP.laws_at(place), place


@for_each(
    ("place", "laws"),
    [
        ("DE", {"eu", "de"}), ("NO", {"eu", "no"}), ("GB", {"uk"}), ("CN", {"cn"}), ("CN-HK", {"hk"}), ("HK", {"hk"}),
        ("US", {"us"}), ("US-OH", {"us"}), ("PR", {"us"}), ("CA-QC", {"ca"}), ("CH", {"ch"}),
        ("EU", {"eu", *MEMBER_STATES}), ("RU", {"ru"}), ("CA-AB", {"ca"}), ("XK", {"xk"}), ("TV", set()),
    ],
)  # fmt: skip
def test_a_place_brings_the_law_of_its_country_and_no_other(place: str, laws: set[str]) -> None:
    assert MAP.laws_at(place) == laws


@for_each(
    ("place", "is_known"),
    [("US-CA", True), ("US-OH", True), ("US-AS", False), ("DE", True), ("TV", False), ("EU", True), ("PR", True)],
)
def test_a_part_of_a_country_without_a_duty_of_its_own_is_known(place: str, is_known: bool) -> None:  # noqa: FBT001  (a row of the table)
    assert MAP.has_own_rule(place) is is_known
