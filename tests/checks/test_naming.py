"""Names that answers hold: read in their three shapes, capped, and asked for by questions that cannot do harm."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.checks import namings
from leakguard.checks.library import load_library, parse_check, stated_in, to_compiled
from leakguard.checks.naming import NamePlace, Place
from leakguard.checks.namings import namings_in, oldest_in
from leakguard.checks.replies import SeenReply, View
from leakguard.errors import BadFile
from support.check_files import WHOLE, check, reply

NOW = datetime(2026, 11, 26, tzinfo=UTC)
FIELDS = """\
names: [{request: list, path: "[].name", word: shelf}]
since: [{request: list, path: "[0].born"}]
fields:
  requests: [{id: columns, get: /columns}]
  places: [{request: columns, word: shelf, shape: pairs}]
  estimates: [{request: columns, path: "@"}]
  distinct: {get: "/{item}/count?size=0&of={field}", path: n}
"""
TEXTS = {"shop_open.yaml": WHOLE + FIELDS}
PAIRS = NamePlace(request="list", word="table", shape="pairs")
MAPPING = NamePlace(request="list", word="index", shape="mapping")
NAMES = NamePlace(request="list", word="index")


def view(document: object) -> View:
    return View(replies={"list": SeenReply([reply("list", json.dumps(document).encode())])})


def test_names_of_collections_are_read_once_each() -> None:
    assert namings_in([NAMES], view(["a", "b", "a", "", 7, None])) == (("index", "a", ()), ("index", "b", ()))
    assert namings_in([NAMES], view({"a": 1})) == ()


def test_pairs_name_a_collection_and_a_field() -> None:
    found = namings_in([PAIRS], view([["t", "a"], ["t", "b", 7], ["u", "a"], ["t"], ["", "a"], "x", [1, 2]]))

    assert found == (("table", "t", ("a", "b")), ("table", "u", ("a",)))


def test_a_mapping_is_read_through_its_types_and_its_fields_within_fields() -> None:
    new = {"people": {"mappings": {"properties": {"name": {"properties": {"first": {"type": "text"}}}, "n": {}}}}}
    old = {"people": {"mappings": {"person": {"properties": {"email": {"type": "string"}, "odd": 7}}}}}

    assert namings_in([MAPPING], view(new)) == (("index", "people", ("name.first", "n")),)
    assert namings_in([MAPPING], view(old)) == (("index", "people", ("email",)),)


@pytest.mark.parametrize(
    "document", [[], {"a": 7}, {"a": {"mappings": 7}}, {"a": {"mappings": {"properties": []}}}, None]
)
def test_another_document_names_nothing(document: object) -> None:
    assert namings_in([MAPPING], view(document)) == ()


def test_fields_within_fields_end_somewhere() -> None:
    deep: dict[str, Any] = {"type": "text"}
    for _ in range(namings.MAX_DEPTH + 3):
        deep = {"properties": {"a": deep}}

    assert namings_in([MAPPING], view({"i": {"mappings": deep}})) == ()


def test_no_more_names_are_read_than_the_caps() -> None:
    collections = namings_in([NAMES], view([f"i{number}" for number in range(namings.MOST_COLLECTIONS + 10)]))
    pairs = namings_in([PAIRS], view([[f"t{number}", "a"] for number in range(namings.MOST_COLLECTIONS + 10)]))
    fields = namings_in([PAIRS, PAIRS], view([["t", f"f{number}"] for number in range(namings.MOST_FIELDS + 10)]))
    long = namings_in([NAMES], view(["x" * 1000]))
    wordy = namings_in([NAMES, PAIRS], view([f"{number}{'x' * 250}" for number in range(1_990)]))
    wordy_fields = namings_in([PAIRS], view([["t", f"{number}{'x' * 250}"] for number in range(1_990)]))

    assert len(collections) == len(pairs) == namings.MOST_COLLECTIONS
    assert len(fields[0][2]) == namings.MOST_FIELDS
    assert len(long[0][1]) == namings.MAX_NAME
    assert namings.MOST_LETTERS - 255 <= sum(len(name) for _, name, _ in wordy) <= namings.MOST_LETTERS
    assert namings.MOST_LETTERS <= sum(map(len, wordy_fields[0][2])) <= namings.MOST_LETTERS + 255


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["mappings", "properties", "a"]), inner), max_leaves=10))  # fmt: skip
def test_any_document_names_something_or_nothing(document: object) -> None:
    for word, name, fields in namings_in([NAMES, PAIRS, MAPPING], view(document)):
        assert word in {"index", "table"}
        assert name
        assert all(fields)


@pytest.mark.parametrize(
    ("told", "oldest"),
    [
        (1_558_483_200_000, datetime(2019, 5, 22, tzinfo=UTC)),
        ("1558483200000", datetime(2019, 5, 22, tzinfo=UTC)),
        (0, None),
        (-1, None),
        (4_000_000_000_000_000, None),
        (2**62, None),
        ("soon", None),
        (None, None),
    ],
)
def test_the_oldest_of_the_data_came_in_when_it_can_have(told: object, oldest: datetime | None) -> None:
    """A clock that was never set, one in the future, and a word are no moments."""
    assert oldest_in([Place(request="list", path="born")], view({"born": told}), now=NOW) == oldest


def test_the_first_place_that_tells_a_moment_counts() -> None:
    places = [Place(request="none", path="x"), Place(request="list", path="born")]

    assert oldest_in(places, view({"born": 1_558_483_200_000}), now=NOW) is not None
    assert oldest_in([], view({}), now=NOW) is None


def test_a_check_says_where_names_are_and_how_to_ask_for_more() -> None:
    stated = check(WHOLE + FIELDS)

    assert stated.names == (NamePlace(request="list", path="[].name", word="shelf"),)
    assert stated.since == (Place(request="list", path="[0].born"),)
    assert stated.field_places[0].shape == "pairs"
    assert stated.estimates == (Place(request="columns", path="@"),)
    assert stated.field_check is not None
    assert [request.id for request in stated.field_check.probe.requests] == ["columns"]
    assert stated.field_check.field_check is None
    assert stated.extensions is None


def test_a_check_without_a_second_look_has_none() -> None:
    plain = check()

    assert (plain.names, plain.field_check, plain.distinct, plain.estimates, plain.field_places) == (
        (),
        None,
        None,
        (),
        (),
    )


def test_different_values_are_counted_by_a_question_with_quoted_names() -> None:
    distinct = check(WHOLE + FIELDS).distinct
    assert distinct is not None

    asked = distinct.of("a/b", "c d", 3)

    assert (asked.id, asked.what) == ("distinct.3", "/a%2Fb/count?size=0&of=c%20d")


@pytest.mark.parametrize(
    ("old", "new", "where", "text"),
    [
        ("get: /columns", "get: /_search", "fields.requests[0].get", "hands out documents"),
        ("id: columns, get: /columns", "id: root, get: /columns", "fields.requests[0].id", "has this id"),
        ("get: /columns", "method: DROP", "fields.requests[0]", "over HTTP state"),
        ("size=0&", "size=9&", "fields.distinct.get", "asks for a number"),
        ("of={field}", "of=a", "fields.distinct.get", "once each"),
        ("/{item}/count", "/{item}/_close", "fields.distinct.get", "changes something"),
        ("shape: pairs", "shape: rows", "fields.places[0].shape", "Input should be"),
        ("request: columns, word", "request: colums, word", "fields.places[0].request", "no request has this id"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_second_look_is_named_with_its_place(old: str, new: str, where: str, text: str) -> None:
    assert old in FIELDS
    with pytest.raises(BadFile) as refused:
        check(WHOLE + FIELDS.replace(old, new))

    assert [one for one in refused.value.problems if one.where == where and text in one.text]


def test_different_values_are_counted_over_http_alone() -> None:
    other = WHOLE.replace("kind: http", "kind: redis").replace("get: /list", "method: INFO")
    other = other.replace("get: /}", "method: PING}")

    with pytest.raises(BadFile, match="counted over HTTP alone"):
        check(other + FIELDS.replace("get: /columns", "method: DBSIZE"))


@pytest.mark.parametrize(
    "fields",
    [
        {"requests": [{"id": "columns", "get": "/_search"}]},
        {"requests": [{"id": "columns", "method": "DROP"}]},
        {"requests": [{"id": "columns", "get": "/columns"}], "distinct": {"get": "/{item}/{field}/_search?size=9"}},
    ],
)
def test_a_compiled_second_look_that_could_do_harm_is_not_believed(fields: dict[str, Any]) -> None:
    stated = {**parse_check(TEXTS["shop_open.yaml"], name="shop_open.yaml").stated, "fields": fields}

    assert stated_in(to_compiled(TEXTS, {"shop_open.yaml": stated}), TEXTS) == {}


def test_every_check_that_ships_names_something_in_its_own_words() -> None:
    """Each place is a name of the product's own; none is left at the default of another."""
    shipped = load_library(BundledFiles().texts("checks"))
    asking = [each for each in shipped if each.field_check is not None]

    assert {each.id for each in asking} >= {
        "elasticsearch_open", "opensearch_open", "postgresql_open", "mysql_open", "clickhouse_http_open",
        "mongodb_open", "cassandra_open", "solr_open",
    }  # fmt: skip
    assert all(each.field_places for each in asking)
