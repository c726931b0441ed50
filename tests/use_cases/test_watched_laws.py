"""Which laws an incident's records bring, and which places nothing is known of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from leakguard.models.event_records import record_of_event
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.engine import STEP_CLAIMED, STEP_DONE, STEP_TAKEN_BACK, STEP_WAIVED
from leakguard.use_cases.incidents.incident_rules import Reach, reach_in
from leakguard.use_cases.incidents.kept_facts import WRITTEN
from leakguard.use_cases.incidents.watched_laws import LawBook, LawsSetting, Seat, places_in, watched_for
from support.ledgers import START, FakeClock, MemoryJournal, exactly
from support.notices import book

DUTIES = book()
BOOK = LawBook(DUTIES.duties, DUTIES.vocabulary)
SEAT = LawsSetting(seat=Seat(codes=("DE",), by="leakguard.toml"))


def noted(*places: str) -> tuple[KeptRecord, ...]:
    journal = MemoryJournal(FakeClock())
    for place in places:
        journal.append(
            "IR-2026-0001", [record_of_event(kind="note", occurred_at=exactly(START), fields={"jurisdiction": place})]
        )
    return tuple(journal.read("IR-2026-0001"))


def written(*contents: Mapping[str, Any]) -> tuple[KeptRecord, ...]:
    """Facts that were kept, one writing after the other."""
    journal = MemoryJournal(FakeClock())
    for content in contents:
        journal.append("IR-2026-0001", [Record(kind=WRITTEN, occurred_at=exactly(START), content=content)])
    return tuple(journal.read("IR-2026-0001"))


def test_the_law_of_where_people_live_by_the_facts_is_watched() -> None:
    watched = watched_for(LawsSetting(seat=Seat(codes=("CN",), by="x")), written({"text": "", "places": ["DE"]}), BOOK)

    assert watched.laws["eu"] == "DE: the facts: subjects_by_jurisdiction"


def test_only_the_last_writing_of_the_facts_says_where_people_live() -> None:
    records = written({"text": "", "places": ["DE"]}, {"text": "", "places": ["JP"]})

    assert [one.code for one in places_in(records)] == ["JP"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("facts: {subjects_by_jurisdiction: {value: {CN: 41000, DE: 300}}}", ["CN", "DE"]),
        ("facts: {subjects_by_jurisdiction: {estimate: {DE: {low: 200, high: 400}}}}", ["DE"]),
        ("facts: {subjects_by_jurisdiction: {unknown: nobody counted}}", []),
        ("facts: {subjects_by_jurisdiction: text}", []),
        ("facts: {}", []),
        ("facts: text", []),
        ("text", []),
    ],
)
def test_facts_that_were_kept_without_the_codes_are_read_for_them(text: str, places: list[str]) -> None:
    assert [one.code for one in places_in(written({"text": text}))] == places


def test_a_place_without_a_calendar_of_holidays_is_named() -> None:
    watched = watched_for(SEAT, noted("US-CA, EU"), BOOK, has_holidays=lambda country: country != "US")

    assert [place.code for place in watched.no_calendar] == ["US-CA"]
    assert "US-CA (E-1): no calendar of its public holidays is known." in list(watched.lines())


def test_a_region_brings_the_laws_of_its_countries() -> None:
    watched = watched_for(LawsSetting(seat=Seat(codes=("CN",), by="x")), noted("EU"), BOOK)

    assert {"cn", "eu", "de", "fr"} <= set(watched.laws)
    assert "gb" not in watched.laws


def test_a_place_is_named_by_what_named_it_first_and_the_seat_goes_first() -> None:
    watched = watched_for(SEAT, noted("FR, DE", "FR"), BOOK)

    seat = "DE: the seat, leakguard.toml"
    assert watched.laws == {"de": seat, "eu": seat, "fr": "FR: E-1"}
    assert [(one.code, one.by) for one in places_in(noted("FR", "FR; JP"))] == [("FR", "E-1"), ("JP", "E-2")]


def test_more_places_than_there_are_countries_are_cut() -> None:
    codes = [f"{first}{second}" for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]

    assert len(places_in(noted(", ".join(codes)))) == 300


def test_a_state_of_a_country_is_watched_once_a_record_names_it() -> None:
    """An American organisation would else be warned of every state's deadline, in whichever one its people live."""
    american = Reach(seat=Seat(codes=("US",), by="leakguard.toml"))
    silent, named = reach_in(american, noted(), BOOK), reach_in(american, noted("US-CA"), BOOK)
    every = {duty.id: duty for duty in DUTIES.duties}
    california, texas = every["us-ca-1798-82-individuals"], every["us-tx-521-053-individuals"]

    assert [silent.covers(duty) for duty in (california, texas)] == [False, False]
    assert [named.covers(duty) for duty in (california, texas)] == [True, False]
    assert silent.covers(every["us-bank-36h-occ"])


def test_a_country_whose_states_have_duties_of_their_own_is_named_until_one_of_them_is() -> None:
    american = LawsSetting(seat=Seat(codes=("US",), by="leakguard.toml"))
    silent, named = watched_for(american, noted(), BOOK), watched_for(american, noted("US-CA"), BOOK)

    assert [place.code for place in silent.no_part] == ["US"]
    assert any("jurisdiction=US-CA" in line for line in silent.lines())
    assert named.no_part == ()


def test_laws_that_the_settings_state_bring_all_their_states() -> None:
    stated = Reach(laws=frozenset({"us"}))

    assert all(reach_in(stated, noted(), BOOK).covers(duty) for duty in DUTIES.duties if duty.id.startswith("us-"))


def spoken(*steps: tuple[str, Mapping[str, Any]]) -> tuple[KeptRecord, ...]:
    """Records of the step that scopes the data, one after the other: their kinds, and what they say."""
    journal = MemoryJournal(FakeClock())
    for kind, content in steps:
        record = Record(kind=kind, occurred_at=exactly(START), content={"step": "scope_data", **content})
        journal.append("IR-2026-0001", [record])
    return tuple(journal.read("IR-2026-0001"))


def living(*places: str) -> dict[str, Any]:
    return {"form": {"jurisdictions": list(places)}}


BACK: tuple[str, Mapping[str, Any]] = (STEP_TAKEN_BACK, {})


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        ([(STEP_DONE, living("JP"))], ["JP"]),
        ([(STEP_DONE, living("JP")), BACK], []),
        ([(STEP_DONE, living("JP")), BACK, (STEP_DONE, living("BR"))], ["BR"]),
        ([(STEP_DONE, living("JP")), (STEP_TAKEN_BACK, {"step": "another"})], ["JP"]),
        ([(STEP_DONE, living("JP")), (STEP_DONE, living("BR")), BACK], ["JP"]),
        ([(STEP_DONE, living("JP")), BACK, (STEP_DONE, living("BR")), BACK], []),
        ([(STEP_DONE, living("JP")), (STEP_CLAIMED, living("BR")), BACK], ["JP"]),
        ([(STEP_CLAIMED, living("JP")), (STEP_DONE, living("JP")), BACK], []),
        ([(STEP_DONE, living("JP")), (STEP_WAIVED, {}), BACK], ["JP"]),
        ([(STEP_DONE, living("JP")), (STEP_WAIVED, {}), BACK, BACK], []),
    ],
)
def test_places_of_a_step_that_was_taken_back_bring_no_law(
    steps: list[tuple[str, Mapping[str, Any]]], places: list[str]
) -> None:
    """Only what was said of the step last is taken back: an earlier round stays."""
    assert [one.code for one in places_in(spoken(*steps))] == places
