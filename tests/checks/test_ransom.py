"""Ransom notes: a name alone proves nothing, a name on a tiny collection does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leakguard.checks.definitions import RansomMarkers
from leakguard.checks.naming import Place
from leakguard.checks.ransom import MAX_NAMES, MOST_NOTES, find_ransom, has_fallen, note_entries
from leakguard.checks.replies import SeenReply, View
from leakguard.frozen import replace
from leakguard.models.findings import RansomSigns
from support.check_files import reply
from support.growth import takes_no_time
from support.shipped import LIBRARY

MARKERS = RansomMarkers(
    entries=(Place(request="list", path="@"),),
    names=("read_me*", "*-meow", "*a*a*a*a*b"),
    weak_names=("hello", "warning"),
)


def view_of(*entries: Any) -> View:  # noqa: ANN401 (JSON holds anything)
    return View(replies={"list": SeenReply([reply("list", json.dumps(list(entries)).encode())])})


def found(*entries: Any, fallen: bool = False) -> RansomSigns:  # noqa: ANN401 (JSON holds anything)
    return find_ransom(MARKERS, view_of(*entries), fallen=fallen)


@pytest.mark.parametrize(
    ("entries", "verdict", "markers"),
    [
        ([{"name": "READ_ME_NOW", "records": "1"}], "yes", ("read_me*",)),
        ([{"name": "customers-meow", "records": 0}], "yes", ("*-meow",)),
        ([{"name": "read_me", "bytes": 4096}], "yes", ("read_me*",)),
        ([{"name": "read_me", "records": 6}], "no", ()),
        ([{"name": "read_me", "bytes": 5_000_000}], "no", ()),
        ([{"name": "read_me"}], "suspected", ("read_me*",)),
        ([{"name": "please_read_me", "records": 1}], "no", ()),
        ([{"name": "hello", "records": 1}], "no", ()),
        ([{"name": "hello", "records": 1}, {"name": "warning", "records": 1}], "suspected", ("hello", "warning")),
        ([{"name": "hello", "records": 900}, {"name": "warning", "records": 1}], "no", ()),
        ([{"name": "read_me", "records": 1}, {"name": "hello", "records": 1}], "yes", ("read_me*", "hello")),
        ([{"name": 7}, "read_me", None, {"records": 1}], "no", ()),
        ([], "no", ()),
    ],
)
def test_name_and_size_together_give_the_verdict(entries: list[Any], verdict: str, markers: tuple[str, ...]) -> None:
    assert found(*entries) == RansomSigns(verdict=verdict, markers=markers)


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([{"name": "read_me"}], "yes"),
        ([{"name": "read_me", "records": 40}], "yes"),
        ([{"name": "hello", "records": 1}], "suspected"),
        ([{"name": "customers", "records": 1}], "no"),
        ([], "no"),
    ],
)
def test_after_a_fall_a_name_is_enough_and_without_a_name_a_fall_is_housekeeping(
    entries: list[Any], verdict: str
) -> None:
    assert found(*entries, fallen=True).verdict == verdict


@pytest.mark.parametrize(
    ("before", "now", "fallen"),
    [
        (41_000, 1, True), (100, 10, True), (100, 11, False), (99, 0, False), (100, 100, False), (100, 0, True),
        (None, 1, False), (41_000, None, False),
    ],
)  # fmt: skip
def test_a_store_has_fallen_when_it_lost_nine_tenths(before: int | None, now: int | None, *, fallen: bool) -> None:
    assert has_fallen(before, now) is fallen


def test_a_check_without_markers_looks_for_none() -> None:
    assert find_ransom(None, View(replies={})) == RansomSigns()


def test_no_list_no_note() -> None:
    assert find_ransom(MARKERS, View(replies={"list": SeenReply([reply("list", b"{}")])})) == RansomSigns()
    assert find_ransom(MARKERS, View(replies={})) == RansomSigns()


def test_names_beyond_the_cap_are_not_looked_at() -> None:
    many = [{"name": "x", "records": 9}] * MAX_NAMES

    assert found(*many, {"name": "read_me", "records": 1}).verdict == "no"
    assert found(*many[1:], {"name": "read_me", "records": 1}).verdict == "yes"


@takes_no_time
def test_a_name_made_to_be_slow_is_not_slow() -> None:
    """Our globs meet names that a stranger chose."""
    found(*[{"name": "a" * 100_000, "records": 1}] * 20)


@pytest.mark.parametrize(
    ("entries", "notes"),
    [
        ([{"name": "READ_ME_NOW", "records": "1"}], {"READ_ME_NOW": True}),
        ([{"name": "read_me"}], {"read_me": False}),
        ([{"name": "read_me", "records": 6}], {}),
        ([{"name": "read_me", "records": 6}, {"name": "read_me"}], {}),
        ([{"name": "read_me"}, {"name": "read_me", "bytes": 4096}], {"read_me": True}),
        ([{"name": "hello", "records": 1}, {"name": "customers", "records": 1}], {}),
        ([{"name": "customers,x-meow", "records": 1}, {"name": "_all-meow", "records": 1}], {}),
        ([{"name": "../x-meow", "records": 1}, {"name": "*-meow", "records": 1}, {"name": "-meow", "records": 1}], {}),
        ([{"name": f"read_me{'x' * 255}", "records": 1}], {}),
        ([], {}),
    ],
)
def test_a_note_may_be_read_from_entries_with_a_strong_name_that_are_not_known_to_be_large(
    entries: list[Any], notes: dict[str, bool]
) -> None:
    """A weak name may be anybody's collection, a large one is; a list or a pattern would read other entries."""
    assert note_entries(MARKERS, view_of(*entries)) == notes


def test_a_note_is_read_whatever_language_its_name_is_in() -> None:
    entries = [{"name": "客户-meow", "records": 1}, {"name": "客户\uff0c全部-meow", "records": 1}]

    assert note_entries(MARKERS, view_of(*entries)) == {"客户-meow": True}


def test_no_more_than_three_notes_are_read() -> None:
    many = [{"name": f"shop{number}-meow", "records": 1} for number in range(9)]

    assert list(note_entries(MARKERS, view_of(*many))) == [f"shop{number}-meow" for number in range(MOST_NOTES)]


SHIPPED = [
    replace(definition.ransom, entries=MARKERS.entries) for definition in LIBRARY if definition.ransom is not None
]
"""What the shipped checks know of notes, looked for in the list of this file."""


@pytest.mark.parametrize(
    "name",
    [
        "READ__ME_TO_RECOVER_YOUR_DATA", "z_readme_to_recover", "PLEASE_READ_ME_VVV", "customers-meow", "meow",
        "请支付比特币恢复数据", "您的数据已全部加密", "все_ваши_данные_зашифрованы", "LEEME_PARA_RECUPERAR",
        "leggimi_per_recuperare_i_dati",
    ],
)  # fmt: skip
def test_every_shipped_list_knows_notes_in_several_languages(name: str) -> None:
    assert {find_ransom(each, view_of({"name": name, "records": 1})).verdict for each in SHIPPED} == {"yes"}


@pytest.mark.parametrize(
    "name", ["homeowners", "bitcoin-prices", "数据加密", "比特币行情", "данные", "recuperar", "hello"]
)
def test_a_small_collection_with_a_word_of_a_note_is_none(name: str) -> None:
    """`homeowners` has a cat's word in its middle."""
    assert {find_ransom(each, view_of({"name": name, "records": 1})).verdict for each in SHIPPED} == {"no"}
