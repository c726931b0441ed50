"""The figures of the 54 US jurisdictions, from their statutes: one below, on it and one above."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from leakguard.notices.assess import Assessment
from support.each import for_each
from support.expected import assessed_in, book_of, chosen, limit_differs, moment, says, stated, table
from support.notices import book

pytestmark = pytest.mark.untraced

FIGURES: dict[str, dict[str, Any]] = table("us_thresholds.yaml")["jurisdictions"]
CASE: dict[str, Any] = table("incidents/fifty_four_states.yaml")
MANY = 2_000_000
Line = dict[str, Any]


def answered(place: str, residents: int, role: str = "controller", *, is_bound: bool = True) -> tuple[Assessment, ...]:
    """What the duties of one jurisdiction say when so many of its residents are affected, and nobody else."""
    shared = CASE["facts"]
    more = stated({"subjects_by_jurisdiction": {place: residents}, "subject_count": residents})
    more |= stated(FIGURES[place].get("with", {}) if is_bound else {})
    values = {
        **shared,
        "obligated_as": [role],
        "organisation": {**shared["organisation"], "role": role},
        "facts": {**shared["facts"], **more},
    }
    return assessed_in(place, values, moment(CASE["now"]))


def sides(line: Line) -> Iterator[tuple[int, str]]:
    """Numbers of residents on both sides of a figure, each with its answer."""
    if line.get("any"):
        yield 1, "yes"
        return
    least = line["at_least"] if "at_least" in line else line["more_than"] + 1
    for number in (least - 2, least - 1, least, least + 1):
        yield number, "yes" if number >= least else "no"


def limits(line: Line) -> Line:
    """The limit of a leg, as the other tables write it; a leg that follows another notice has none."""
    start = "individuals" if line.get("by") == "after_individuals" else line.get("from", [])
    for unit, text in (("days", "P{}D"), ("hours", "PT{}H"), ("business_days", "{} business days")):
        if isinstance(line.get(unit), int):
            return {"limit": text.format(line[unit]), "from": start}
    return {} if line.get("by") else {"limit": "none"}


PLACES = list(FIGURES)
OFFICES = [(place, line) for place in PLACES for line in FIGURES[place]["regulators"] if "only_for" not in line]
FIRST = [(place, line) for place, line in OFFICES if not line.get("second")]
SECOND = [(place, line) for place, line in OFFICES if line.get("second")]


def lacks(place: str) -> Iterator[tuple[str, str]]:
    """Each leg that the statute of a jurisdiction does not have: the role, and the recipient."""
    row = FIGURES[place]
    if not row["regulators"]:
        yield "controller", "regulator"
    for leg, role, recipient in (
        ("consumer_agencies", "controller", "consumer_agencies"),
        ("owner", "processor", "controller"),
    ):
        if row[leg].get("none"):
            yield role, recipient


@for_each("place", PLACES)
def test_a_leg_that_the_statute_does_not_have_is_on_record_as_an_absence_that_was_read(place: str) -> None:
    """Or a duty of others stands in its place: of public bodies in Idaho, of who tells nobody in Alaska."""
    known = [one for one in book().places.absences if one.place == place]
    for role, recipient in lacks(place):
        on_record = [one for one in known if role in one.roles and one.recipient in {recipient, None}]
        others = [duty for duty in book_of(place).duties if duty.recipient.type == recipient]
        assert on_record or others, f"{role}, {recipient}"


def test_the_table_has_each_of_the_54_jurisdictions_with_all_its_legs_and_a_source() -> None:
    legs = {"law", "individuals", "regulators", "consumer_agencies", "owner", "source"}

    assert sorted(FIGURES) == sorted(CASE["jurisdictions"])
    assert len(FIGURES) == 54
    assert {place: legs - row.keys() for place, row in FIGURES.items() if legs - row.keys()} == {}


@for_each("place", PLACES)
def test_one_resident_is_enough_for_the_notice_to_residents(place: str) -> None:
    found = chosen(answered(place, 1), "individuals", role="controller")

    assert says(found) == "yes"
    assert limit_differs(found, limits(FIGURES[place]["individuals"])) == ""


@for_each("place", [place for place, row in FIGURES.items() if "only_for" in row])
def test_where_the_statute_does_not_bind_every_business_the_answer_is_a_question(place: str) -> None:
    assert says(chosen(answered(place, 1, is_bound=False), "individuals", role="controller")) == "needs_fact"


@for_each("place, line", FIRST)
def test_each_office_is_told_from_its_figure_on_and_not_before(place: str, line: Line) -> None:
    role = line.get("obligated", "controller")
    for number, answer in sides(line):
        found = chosen(answered(place, number, role), "regulator", role=role, office=line["office"])
        assert says(found) == answer, f"{number} residents"
    applied = [one for one in found if one.applies.value == "yes"]
    assert limit_differs(applied, limits(line)) == ""


@for_each("place, line", SECOND)
def test_a_second_notice_to_an_office_comes_from_its_own_figure_on(place: str, line: Line) -> None:
    for number, answer in sides(line):
        found = chosen(answered(place, number), "regulator", office=line["office"])
        assert sum(one.applies.value == "yes" for one in found) == (2 if answer == "yes" else 1), f"{number} residents"


@for_each("place", PLACES)
def test_no_office_is_told_that_the_statute_does_not_name(place: str) -> None:
    named = [line["office"] for line in FIGURES[place]["regulators"]]
    words = [word for office in named for word in ([office] if isinstance(office, str) else office)]
    found = [one for one in chosen(answered(place, MANY), "regulator") if one.applies.value == "yes"]

    assert [one.duty.id for one in found if not any(word in one.duty.recipient.name for word in words)] == []


@for_each("place", PLACES)
def test_the_consumer_reporting_agencies_are_told_from_their_figure_on(place: str) -> None:
    line = FIGURES[place]["consumer_agencies"]
    if line.get("asked"):
        return
    if line.get("none"):
        assert says(chosen(answered(place, MANY), "consumer_agencies")) in {"no", "nothing"}
        return
    for number, answer in sides(line):
        found = chosen(answered(place, number), "consumer_agencies", role="controller")
        assert says(found) == answer, f"{number} residents"
    assert limit_differs(found, limits(line)) == ""


@for_each("place", PLACES)
def test_who_maintains_the_data_of_somebody_else_tells_the_owner(place: str) -> None:
    line = FIGURES[place]["owner"]
    found = chosen(answered(place, 1, "processor"), "controller", role="processor")
    if line.get("none"):
        assert says(found) in {"no", "nothing"}
        return
    assert says(found) == "yes"
    assert limit_differs(found, limits(line)) == ""
