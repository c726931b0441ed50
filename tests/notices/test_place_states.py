"""For each place and role of an incident: a rule, an absence that was read, or that nobody knows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from leakguard.errors import BadFile
from leakguard.notices.facts import Facts
from leakguard.notices.place_book import PlaceBook, parse_places
from leakguard.notices.place_states import PlaceRow, PlaceState, place_rows
from support.notices import book, complete, facts_of

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)
PLACES = """
absences:
  - {place: AQ, roles: [controller], text: no law at all, source_url: https://law.example/aq,
     source_kind: official, checked_on: 2026-11-29}
  - {place: DE, roles: [controller], recipient: media, text: no notice to the press,
     source_url: https://law.example/de, source_kind: official, checked_on: 2026-11-29}
looked_at:
  - {place: BV, roles: [controller, processor], tried: "the register of laws, which is down", on: 2026-11-29}
"""
EMPTY = PlaceBook()


def places(text: str = PLACES) -> PlaceBook:
    return parse_places(text, name="places.yaml", vocabulary=book().vocabulary)


def facts(
    people: dict[str, int], *, roles: tuple[str, ...] = ("controller",), country: str = "", **more: object
) -> Facts:
    values = complete(subjects_by_jurisdiction={"value": people}, operates_in=None)
    values["organisation"]["country"] = country
    values["obligated_as"] = list(roles)
    return facts_of({**values, **more}, now=NOW)


def rows(known: Facts, found: PlaceBook | None = None) -> dict[tuple[str, str], PlaceRow]:
    every = place_rows(book().duties, found or places(), known, NOW, book().vocabulary)
    return {(row.place, row.role): row for row in every}


def test_each_place_of_the_facts_has_one_of_three_states() -> None:
    found = rows(facts({"DE": 5, "AQ": 1, "BV": 1, "HM": 1}))

    assert {place: row.state for (place, _), row in found.items()} == {
        "DE": PlaceState.RULE, "AQ": PlaceState.NONE_BY_LAW,
        "BV": PlaceState.NO_RULE_KNOWN, "HM": PlaceState.NO_RULE_KNOWN,
    }  # fmt: skip
    assert "eu-gdpr-33-authority" in found["DE", "controller"].duties


def test_an_absence_and_a_vain_search_carry_their_day_and_their_words() -> None:
    found = rows(facts({"AQ": 1, "BV": 1, "HM": 1}))

    assert found["AQ", "controller"].source_url == "https://law.example/aq"
    assert {row.on for row in found.values()} == {date(2026, 11, 29), None}
    assert "which is down" in found["BV", "controller"].text
    assert "nobody has looked" in found["HM", "controller"].text


def test_a_place_with_a_rule_names_the_recipients_that_its_law_leaves_out() -> None:
    (absent,) = rows(facts({"DE": 5}))["DE", "controller"].absent

    assert absent.recipient == "media"


def test_a_place_where_nobody_lives_is_no_place_of_the_incident() -> None:
    assert rows(facts({"HM": 0})) == {}


def test_the_seat_and_each_role_are_asked_about() -> None:
    found = rows(facts({"DE": 1}, roles=("controller", "processor"), country="HM"))

    assert set(found) == {(place, role) for place in ("DE", "HM") for role in ("controller", "processor")}


def test_a_role_of_one_law_exists_nowhere_else() -> None:
    """A covered entity is a term of HIPAA: in Germany there is none, and nobody has to settle that."""
    found = rows(facts({"DE": 1, "US-CA": 1}, roles=("covered_entity",)))

    assert found["DE", "covered_entity"].state is PlaceState.NONE_BY_LAW
    assert "45 CFR" in found["DE", "covered_entity"].text
    assert found["US-CA", "covered_entity"].state is PlaceState.RULE


def test_a_text_of_the_day_that_is_not_known_leaves_the_place_open() -> None:
    values = complete(subjects_by_jurisdiction={"value": {"US-OH": 5}}, discovery_date={"value": "1999-01-01"})
    values |= {"events": [], "obligated_as": ["controller"]}
    values["organisation"]["country"] = "US-OH"
    values["facts"].pop("operates_in", None)
    row = rows(facts_of(values, now=NOW))["US-OH", "controller"]

    assert row.is_open
    assert set(row.duties) & {duty.id for duty in book().duties if duty.id.startswith("us-oh-")}


def test_a_law_that_only_awaits_its_first_day_is_no_absence() -> None:
    """Bangladesh has a law that begins later; nobody read that none is law today."""
    row = rows(facts({"BD": 5}))["BD", "controller"]

    assert row.is_open
    assert "not law yet" in row.text


def test_people_counted_for_a_country_of_states_leave_it_open_and_a_seat_there_does_not() -> None:
    counted, sits = rows(facts({"US": 100})), rows(facts({"DE": 1}, country="US"))

    assert counted["US", "controller"].is_open
    assert "count the people of each" in counted["US", "controller"].text
    assert not sits["US", "controller"].is_open


def settled(role: str = "controller") -> list[dict[str, str]]:
    return [{"place": "HM", "role": role, "reason": "counsel: no notice", "by": "A. Counsel"}]


def test_a_person_settles_a_place_and_role_and_no_other() -> None:
    known = facts({"HM": 1}, roles=("controller", "processor"), settled=settled())
    found = rows(known)

    assert [row.is_open for row in found.values()] == [False, True]
    assert found["HM", "controller"].settled is not None
    assert found["HM", "controller"].settled.by == "A. Counsel"


def test_an_event_settles_a_place_until_it_is_corrected() -> None:
    event = {
        "id": "E-9", "kind": "place_settled", "occurred_at": "2026-06-11T10:00Z", "recorded_at": "2026-06-11T10:00Z",
        "place": "HM", "role": "controller", "decider": "A. Counsel", "reason": "no notice",
    }  # fmt: skip
    taken_back = {
        "id": "E-10", "kind": "retracted", "occurred_at": "2026-06-11T11:00Z", "recorded_at": "2026-06-11T11:00Z",
        "corrects": "E-9",
    }  # fmt: skip

    assert not rows(facts({"HM": 1}, events=[event]))["HM", "controller"].is_open
    assert rows(facts({"HM": 1}, events=[event, taken_back]))["HM", "controller"].is_open


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("place: AQ", "place: UK", "`UK` is no code of a place"),
        ("roles: [controller], text", "roles: [controler], text", "unknown addressee `controler`"),
        ("place: DE, roles: [controller], recipient: media", "place: AQ, roles: [controller]", "stands here twice"),
        ("source_kind: official", "source_kind: hearsay", "Input should be"),
    ],
)
def test_a_register_of_places_that_says_it_wrongly_is_refused(old: str, new: str, problem: str) -> None:
    assert old in PLACES
    with pytest.raises(BadFile) as refused:
        places(PLACES.replace(old, new, 1))

    assert problem in str(refused.value)


def test_without_a_register_nothing_is_taken_for_an_absence() -> None:
    assert rows(facts({"AQ": 1}), EMPTY)["AQ", "controller"].state is PlaceState.NO_RULE_KNOWN
