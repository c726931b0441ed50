"""Which laws an incident's records bring, and which places nothing is known of."""

from __future__ import annotations

from leakguard.bundled import Bundled
from leakguard.models.event_records import record_of_event
from leakguard.models.records import KeptRecord
from leakguard.notices.book import load_duties
from leakguard.use_cases.incidents.watched_laws import LawBook, Seat, Stated, places_in, watched_for
from support.ledgers import START, FakeClock, MemoryJournal, exactly

DUTIES = load_duties(Bundled())
BOOK = LawBook(DUTIES.duties, DUTIES.vocabulary)
SEAT = Stated(seat=Seat(codes=("DE",), by="leakguard.toml"))


def noted(*places: str) -> tuple[KeptRecord, ...]:
    journal = MemoryJournal(FakeClock())
    for place in places:
        journal.append(
            "IR-2026-0001", [record_of_event(kind="note", occurred_at=exactly(START), fields={"jurisdiction": place})]
        )
    return tuple(journal.read("IR-2026-0001"))


def test_a_place_without_a_calendar_of_holidays_is_named() -> None:
    watched = watched_for(SEAT, noted("US-CA, EU"), BOOK, has_holidays=lambda country: country != "US")

    assert [place.code for place in watched.no_calendar] == ["US-CA"]
    assert "US-CA (E-1): no calendar of its public holidays is known." in list(watched.lines())


def test_a_region_brings_the_laws_of_its_countries() -> None:
    watched = watched_for(Stated(seat=Seat(codes=("CN",), by="x")), noted("EU"), BOOK)

    assert set(watched.laws) == {"cn", "eu"}


def test_a_place_is_named_by_what_named_it_first_and_the_seat_goes_first() -> None:
    watched = watched_for(SEAT, noted("FR, DE", "FR"), BOOK)

    assert watched.laws == {"eu": "DE: the seat, leakguard.toml"}
    assert [(one.code, one.by) for one in places_in(noted("FR", "FR; JP"))] == [("FR", "E-1"), ("JP", "E-2")]


def test_more_places_than_there_are_countries_are_cut() -> None:
    codes = [f"{first}{second}" for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]

    assert len(places_in(noted(", ".join(codes)))) == 300
