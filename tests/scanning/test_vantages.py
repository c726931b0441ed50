"""The same places from several vantages."""

from __future__ import annotations

import pytest

from leakguard.fleet.vantages import Difference, View, differences, place_of_key


def test_what_is_open_from_outside_and_closed_inside_comes_first() -> None:
    campus = View(standings={"a:1": "protected", "b:1": "closed", "c:1": "closed"}, is_complete=True)
    outside = View(standings={"a:1": "closed", "b:1": "exposed", "c:1": "closed"}, is_complete=True)

    found = differences({"campus": campus, "outside": outside})

    assert found == (
        Difference(place="b:1", standings={"campus": "closed", "outside": "exposed"}),
        Difference(place="a:1", standings={"campus": "protected", "outside": "closed"}),
    )
    assert [each.is_open_somewhere for each in found] == [True, False]


def test_closed_and_silent_are_one() -> None:
    one, other = (
        View(standings={"a:1": "closed"}, is_complete=True),
        View(standings={"a:1": "silent"}, is_complete=True),
    )

    assert differences({"campus": one, "outside": other}) == ()


@pytest.mark.parametrize(("is_complete", "word"), [(True, "closed_or_silent"), (False, "not_checked")])
def test_what_a_vantage_does_not_list_is_closed_only_where_it_looked(is_complete: bool, word: str) -> None:  # noqa: FBT001  (a case)
    one, other = View(standings={"a:1": "exposed"}, is_complete=True), View(standings={}, is_complete=is_complete)

    assert differences({"campus": one, "outside": other})[0].standings == {"campus": "exposed", "outside": word}


def test_what_a_vantage_may_not_look_at_is_not_closed_there() -> None:
    """A name without an address from there, or an address that an excluded name leads to from there, was not asked."""
    outside = View(standings={"a:1": "exposed", "192.0.2.1:1 (mail.example.edu)": "exposed"}, is_complete=True)
    campus = View(standings={}, is_complete=True, sweeps={"a": False}.__contains__)

    found = differences({"campus": campus, "outside": outside})

    assert [each.standings["campus"] for each in found] == ["closed_or_silent", "not_checked"]


def test_a_closed_port_that_was_not_looked_at_from_elsewhere_is_no_difference() -> None:
    """A vantage whose network is gone would else make a row of each port of each host."""
    outside = View(standings={"a:1": "closed", "a:2": "silent", "a:3": "protected"}, is_complete=True)
    campus = View(standings={"a:2": "not_checked"}, is_complete=False)

    assert [each.place for each in differences({"campus": campus, "outside": outside})] == ["a:3"]


def test_a_name_is_one_place_wherever_it_leads_and_stands_as_its_worst_address() -> None:
    inside = View(standings={"10.0.0.1:9200 (mail.example.edu)": "closed"}, is_complete=True)
    outside = View(
        standings={"192.0.2.1:9200 (mail.example.edu)": "exposed", "[2001:db8::1]:9200 (mail.example.edu)": "closed"},
        is_complete=True,
    )

    assert differences({"inside": inside, "outside": outside}) == (
        Difference(place="mail.example.edu:9200", standings={"inside": "closed", "outside": "exposed"}),
    )


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("192.0.2.1:9200", "192.0.2.1:9200"),
        ("[::1]:9000/bucket", "[::1]:9000/bucket"),
        ("[::1]:9000 (store.example.edu)/bucket", "store.example.edu:9000/bucket"),
    ],
)
def test_a_key_names_a_place(key: str, place: str) -> None:
    assert place_of_key(key) == place
