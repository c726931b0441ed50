"""Five incidents whose answers were written from the statutes before any output was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.notices.assess import Assessment
from leakguard.notices.book import assess_facts
from leakguard.notices.duties import Duty
from leakguard.notices.joining import package_of
from leakguard.notices.place_states import PlaceRow, place_rows
from leakguard.use_cases.letters.find_offices import office_of
from support.each import for_each
from support.expected import FOLDER, chosen, limit_differs, moment, places_of, says, stated, table
from support.notices import book, facts_of

pytestmark = pytest.mark.untraced

Row = dict[str, Any]
BY_ROWS = ("hospital", "app_maker", "us_service", "thirty_countries")
ALSO = {"no": {"no", "nothing", "no_rule_known"}, "either": {"yes", "needs_fact", "no", "nothing", "no_rule_known"}}
STATES: Row = table("incidents/fifty_four_states.yaml")
NUMBERS = [int(number) for number in STATES["cases"]]


def incident(name: str) -> Row:
    return table(f"incidents/{name}.yaml")


def answered(case: Row, values: Row) -> list[Assessment]:
    now = moment(case["now"])
    return list(assess_facts(book(), facts_of(values, now=now), now))


def party(case: Row, row: Row) -> str:
    """The organisation that a row is about, where the incident has several."""
    several = case["facts"].get("organisations")
    name = several[row.get("for", 1) - 1]["name"] if several else ""
    return str(name["en"] if isinstance(name, dict) else name)


def of_row(found: list[Assessment], row: Row) -> list[Assessment]:
    """The answers that a row is about; its `duty` stands for them once the id is known."""
    if "duty" in row:
        return [one for one in found if one.duty.id == row["duty"]]
    here = [one for one in found if row["place"] in places_of(one.duty)]
    words = {name: row.get(name, "") for name in ("law", "article")}
    return chosen(here, row["recipient"], **words, office=row.get("office", ()))


def differs(found: list[Assessment], row: Row, case: Row) -> str:
    """How the answer to one row differs; empty where it does not."""
    who = party(case, row)
    about = [one for one in of_row(found, row) if not one.parties or who in one.parties]
    answer = says(about)
    if answer not in ALSO.get(row["says"], {row["says"]}) | {row.get("or", row["says"])}:
        return f"{row['place']} {row['recipient']} {row.get('law', '')}: {row['says']}, found {answer}"
    given = [one for one in about if one.applies.value == answer]
    asked = {name for one in given for name in one.missing_facts}
    if "missing" in row and row["missing"] not in asked:
        return f"{row['place']} {row['recipient']}: asks for {row['missing']}, found {sorted(asked)}"
    difference = limit_differs(given, row) if answer in {"yes", "needs_fact"} else ""
    return f"{row['place']} {row['recipient']} {row.get('law', '')}: {difference}" if difference else ""


@for_each("name", BY_ROWS)
def test_each_row_of_an_incident_has_the_answer_and_the_limit_of_the_statute(name: str) -> None:
    case = incident(name)
    found = answered(case, case["facts"])

    assert "\n".join(text for row in case["expect"] if (text := differs(found, row, case))) == ""


@for_each("name", BY_ROWS)
def test_no_duty_applies_that_no_row_names(name: str) -> None:
    """What is not in the table is a false alarm, or a law that its author did not know: both are worth a look."""
    case = incident(name)
    found = [one for one in answered(case, case["facts"]) if one.applies.value == "yes"]
    rows = [row for row in case["expect"] if row["says"] in {"yes", "either", "needs_fact"}]
    named = {one.duty.id for row in rows for one in of_row(found, row)}
    fine = [one.duty.id for one in found for line in case["also_fine"] if line["law"] in one.duty.law]

    assert sorted({one.duty.id for one in found} - named - set(fine)) == []


@for_each("name", [name for name in BY_ROWS if any("addressee" in row for row in incident(name)["expect"])])
def test_the_notice_goes_to_the_office_that_is_competent_for_the_seat(name: str) -> None:
    case = incident(name)
    now = moment(case["now"])
    told = facts_of(case["facts"], now=now)
    for row in (row for row in case["expect"] if "addressee" in row):
        duty = next(duty for duty in book().duties if duty.id == row["duty"])
        office = office_of(BundledFiles(), book(), told, duty, now)
        assert office is not None
        assert office.authority is not None, office.reason
        assert row["addressee"] in " ".join((office.authority.name_en, *office.authority.names.values()))


@for_each("name", BY_ROWS)
def test_no_place_of_an_incident_is_without_a_known_rule(name: str) -> None:
    open_ones = [row.sentence for row in places_in(incident(name)) if row.is_open]

    assert open_ones == []


def test_recipients_that_a_statute_does_not_have_are_told_with_the_source() -> None:
    case = incident("us_service")
    told = {(row.place, str(one.recipient)) for row in places_in(case) for one in row.absent if one.source_url}

    assert {(row["place"], row["recipient"]) for row in case["places"]} - told == set()


def places_in(case: Row) -> tuple[PlaceRow, ...]:
    now = moment(case["now"])
    return place_rows(book().duties, book().places, facts_of(case["facts"], now=now), now, book().vocabulary)


def everywhere(number: int) -> list[Assessment]:
    places = dict.fromkeys(STATES["jurisdictions"], number)
    more = stated({"subjects_by_jurisdiction": places, "subject_count": number * len(places)})
    return answered(STATES, {**STATES["facts"], "facts": {**STATES["facts"]["facts"], **more}})


def here(found: list[Assessment], recipient: str) -> Iterator[tuple[str, list[Assessment]]]:
    for place in STATES["jurisdictions"]:
        yield place, [one for one in chosen(found, recipient) if place in places_of(one.duty)]


@for_each("number", NUMBERS)
def test_the_same_number_in_54_jurisdictions_brings_what_each_statute_says(number: int) -> None:
    case, found = STATES["cases"][str(number)], everywhere(number)
    told = [place for place, about in here(found, "individuals") if says(about) == "yes"]
    asked = [place for place, about in here(found, "individuals") if says(about) == "needs_fact"]
    offices = {
        place: count
        for place, about in here(found, "regulator")
        if (count := sum(one.applies.value == "yes" for one in about)) and place not in case["regulators_open"]
    }
    agencies = [
        place
        for place, about in here(found, "consumer_agencies")
        if says(about) == "yes" and place not in case["consumer_agencies_open"]
    ]

    assert asked == STATES["individuals_asked"]
    assert sorted({*told, *asked}) == sorted(STATES["jurisdictions"])
    assert offices == case["regulators"]
    assert sorted(agencies) == sorted(case["consumer_agencies"])


@for_each("number", NUMBERS)
def test_what_the_54_jurisdictions_bring_is_what_the_figures_come_to(number: int) -> None:
    """Two tables were written by hand, and each holds the other."""
    figures, case = table("us_thresholds.yaml")["jurisdictions"], STATES["cases"][str(number)]

    def arises(line: Row) -> bool:
        if "only_for" in line or "obligated" in line:
            return False
        return bool(line.get("any")) or number >= line.get("at_least", line.get("more_than", 10**9) + 1)

    offices = {place: sum(map(arises, row["regulators"])) for place, row in figures.items()}
    agencies = {place for place, row in figures.items() if arises(row["consumer_agencies"])}

    assert {place: count for place, count in offices.items() if count} == case["regulators"]
    assert agencies == set(case["consumer_agencies"])


def test_people_of_five_states_get_one_package_with_the_same_help() -> None:
    case = incident("us_service")
    found = answered(case, case["facts"])
    duties = [one.duty for one in chosen(found, "individuals") if one.applies.value == "yes"]
    package = package_of(duties, book().vocabulary, law="us")

    def places(of: Iterable[Duty]) -> list[str]:
        return sorted(place for duty in of for place in places_of(duty))

    assert package.joined is not None
    months = [rule.least_months for rule in package.joined.format_rules if rule.item == "credit_monitoring"]
    assert places(package.shared) == case["package"]["joined"]
    assert places(package.apart) == case["package"]["apart"]
    assert max(month or 0 for month in months) == case["package"]["credit_monitoring_months"]


def test_every_incident_of_the_folder_is_held_against_the_duties() -> None:
    files = {path.stem for path in (FOLDER / "incidents").glob("*.yaml")}

    assert files == {*BY_ROWS, "fifty_four_states"}
