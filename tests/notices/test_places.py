"""Places and the laws that they bring: whoever sits, or has people, in a place that a duty asks about has its clock."""

from __future__ import annotations

from datetime import UTC, datetime

from leakguard.frozen import replace
from leakguard.notices.book import assess_facts
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from leakguard.notices.places import LawMap, law_of, places_of
from support.each import for_each
from support.notices import book, complete, facts_of

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


@for_each(("code", "same"), BOOK.vocabulary.same_places.items())
def test_each_place_that_iso_names_twice_gets_the_same_duties_under_both_codes(code: str, same: str) -> None:
    asked = {place for duty in BOOK.duties for place in places_of(duty)} | BOOK.vocabulary.regions.keys()
    of = {one: {place for place in asked if BOOK.vocabulary.covers(place, one)} for one in (code, same)}

    assert of[code] == of[same]
    assert MAP.laws_at(code) == MAP.laws_at(same)
    assert BOOK.vocabulary.place_words(code, "zh") == BOOK.vocabulary.place_words(same, "zh") != code


def applying(country: str) -> set[str]:
    """The duties of France and of the EU that apply to an operator of essential services with its seat there."""
    values = complete(essential_service_disrupted={"value": True}, significant_incident={"value": True})
    values["organisation"]["country"] = country
    values["obligated_as"] = ["controller", "essential_entity", "critical_infrastructure"]
    values["facts"]["subjects_by_jurisdiction"] = {"value": {country: 5}}
    now = datetime(2026, 6, 12, 4, tzinfo=UTC)
    near = replace(BOOK, duties=tuple(duty for duty in BOOK.duties if law_of(duty) in {"fr", "eu"}))
    return {one.duty.id for one in assess_facts(near, facts_of(values, now=now), now) if one.applies is Answer.YES}


@for_each("country", ["GP", "GF", "MQ", "YT", "RE", "MF", "FR-RE", "FR-974"])
def test_a_seat_in_reunion_has_the_duties_of_france(country: str) -> None:
    """Art. 349 and 355(1) TFEU: the law of the Union and of France applies there."""
    assert applying(country) == applying("FR")
    assert any(name.startswith("fr-") for name in applying(country))


@for_each("country", ["BL", "PM", "NC", "PF", "FR-NC", "NL-BQ1", "AW"])
def test_overseas_countries_and_territories_lie_outside(country: str) -> None:
    """Art. 355(2) TFEU; the people of that place alone do not bring the GDPR either."""
    assert applying(country) == set()
