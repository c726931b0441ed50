"""Conditions: each test of a reply, and what holds when there is no reply."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.conditions import ALWAYS, Condition, value_test
from leakguard.checks.replies import SeenReply, View
from leakguard.frozen import replace
from leakguard.models.observations import Ending, Reply
from support.check_files import reply


def holds(condition: dict[str, Any], *replies: Reply) -> bool:
    view = View(
        replies={each.request: SeenReply([each]) for each in replies},
        named={"always": ALWAYS, "never": Condition(stated={"not": {}})},
    )
    return Condition(stated=condition).holds_for(view)


OK = Reply(
    request="r", method="GET", what="/", ended=Ending.COMPLETE, status=200,
    headers={"server": "Shop/2.1 (x)"}, body=b'{"a": {"n": 3, "s": "text", "l": [1], "t": true, "f": 1.5}}',
)  # fmt: skip


@pytest.mark.parametrize(("wanted", "expected"), [([200], True), ([401], False), ([204], False)])
def test_the_status_203_of_a_proxy_stands_for_200(wanted: list[int], *, expected: bool) -> None:
    assert holds({"request": "r", "status": wanted}, replace(OK, status=203)) is expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({}, True),
        ({"status": [200, 201]}, True),
        ({"status": [404]}, False),
        ({"header": {"server": "shop"}}, True),
        ({"header": {"Server": ""}}, True),
        ({"header": {"server": "other"}}, False),
        ({"header": {"etag": ""}}, False),
        ({"contains": '"a"'}, True),
        ({"contains": ['"a"', "missing"]}, False),
        ({"lacks": "missing"}, True),
        ({"lacks": ["missing", '"a"']}, False),
        ({"ended": ["complete"]}, True),
        ({"ended": ["silent", "reset"]}, False),
        ({"json": {"path": "a.n", "type": "number", "min": 3}}, True),
        ({"json": {"path": "a.n", "min": 4}}, False),
        ({"json": {"path": "a.s", "min": 1}}, False),
        ({"json": {"path": "a.t", "min": 1}}, False),
        ({"json": {"path": "a.n", "equals": 3}}, True),
        ({"json": {"path": "a.t", "equals": 1}}, False),
        ({"json": {"path": "a.t", "equals": True}}, True),
        ({"json": {"path": "a.n", "equals": "3"}}, False),
        ({"json": {"path": "a.n", "in": [1, 3]}}, True),
        ({"json": {"path": "a.n", "in": [1, 2]}}, False),
        ({"json": {"path": "a.s", "starts_with": "te", "contains": "ex"}}, True),
        ({"json": {"path": "a.n", "starts_with": "3"}}, False),
        ({"json": {"path": "a.n", "contains": "3"}}, False),
        ({"json": {"path": "a.l", "type": "array", "nonempty": True}}, True),
        ({"json": {"path": "a.x", "nonempty": True}}, False),
        ({"json": {"path": "a.l", "nonempty": False}}, False),
        ({"json": {"path": "a", "type": "object"}}, True),
        ({"json": {"path": "a.x", "type": "string"}}, False),
        ({"json": {"path": "sum(a.s)", "type": "number"}}, False),
    ],
)
def test_a_part_about_a_reply_holds_or_not(part: dict[str, Any], *, expected: bool) -> None:
    assert holds({"request": "r", **part}, OK) is expected


@pytest.mark.parametrize("body", [b'{"data": []}', b'{"data": {}}', b'{"data": ""}'])
def test_an_empty_list_object_or_text_is_empty(body: bytes) -> None:
    assert holds(EMPTY, replace(OK, body=body))


@pytest.mark.parametrize(
    "body",
    [
        b"<title>Making sure you are not a bot</title>",
        b'{"data": [',
        b'{"error": "down"}',
        b'{"data": null}',
        b"",
        b"0",
    ],
)
def test_nothing_found_is_not_an_empty_list(body: bytes) -> None:
    assert not holds(EMPTY, replace(OK, body=body))


EMPTY = {"request": "r", "json": {"path": "data", "nonempty": False}}
ATOMS: dict[str, dict[str, Any]] = {
    "yes": {"request": "r", "status": [200]},
    "no": {"request": "r", "json": {"path": "a.n", "equals": 4}},
    "always": {"is": "always"},
    "silent": {"request": "s", "contains": "x"},
    "never": {"is": "never"},
}
Nested = tuple[str, list[Any]]
NESTED = st.recursive(
    st.sampled_from(list(ATOMS)),
    lambda inner: st.tuples(st.sampled_from(["all", "any", "not"]), st.lists(inner, min_size=1, max_size=4)),
    max_leaves=8,
)


def stated(nested: str | Nested) -> dict[str, Any]:
    if isinstance(nested, str):
        return ATOMS[nested]
    word, inner = nested
    return {"not": {"all": list(map(stated, inner))}} if word == "not" else {word: list(map(stated, inner))}


def is_true(nested: str | Nested) -> bool:
    if isinstance(nested, str):
        return nested in {"yes", "always"}
    word, inner = nested
    return any(map(is_true, inner)) if word == "any" else all(map(is_true, inner)) is (word == "all")


def atoms_of(nested: str | Nested) -> set[str]:
    return {nested} if isinstance(nested, str) else set().union(*map(atoms_of, nested[1]))


@given(NESTED)
def test_joined_conditions_mean_what_the_words_say_and_know_what_they_look_at(nested: str | Nested) -> None:
    """The order in which parts are asked is free, so it must not show."""
    condition, atoms = Condition(stated=stated(nested)), atoms_of(nested)

    assert holds(stated(nested), OK) is is_true(nested)
    assert condition.requests == {ATOMS[one]["request"] for one in atoms if "request" in ATOMS[one]}
    assert condition.conditions == {ATOMS[one]["is"] for one in atoms if "is" in ATOMS[one]}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"is": "always"}, True),
        ({"is": "never"}, False),
        ({"all": [{"is": "always"}, {"is": "never"}]}, False),
        ({"all": []}, True),
        ({"any": [{"is": "never"}, {"is": "always"}]}, True),
        ({"any": []}, False),
        ({"not": {"is": "never"}}, True),
        ({"is": "always", "not": {"is": "always"}}, False),
    ],
)
def test_conditions_are_joined(condition: dict[str, Any], *, expected: bool) -> None:
    assert holds(condition) is expected


@pytest.mark.parametrize("part", [{}, {"status": [200]}, {"lacks": "x"}, {"ended": ["complete"]}])
def test_nothing_holds_about_a_request_that_was_not_asked(part: dict[str, Any]) -> None:
    assert not holds({"request": "other", **part}, OK)


def test_nothing_but_its_ending_holds_about_an_answer_that_did_not_come() -> None:
    """What came before the host hung up may be cut anywhere, so it is not judged."""
    cut = reply("r", b"half", ended=Ending.RESET)

    assert not holds({"request": "r", "status": [200]}, cut)
    assert not holds({"request": "r", "lacks": "x"}, cut)
    assert not holds({"request": "r"}, cut)
    assert holds({"request": "r", "ended": ["reset"]}, cut)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b"1" * 5000, b'{"a":' * 2000, b"Infinity"],
)
def test_a_body_that_is_no_json_fits_no_json_test(body: bytes) -> None:
    assert not holds({"request": "r", "json": {"path": "not_null(@)", "type": "object"}}, reply("r", body))


def test_json_is_read_once() -> None:
    seen = SeenReply([reply("r", b"[1]")])

    assert seen.document is seen.document


def test_a_value_is_found_once_for_all_checks_that_look_at_the_answer() -> None:
    """Fifty thousand indices are asked for the same sum by rule after rule; each check has its own copy."""
    first = reply("r", b'{"a": [1]}')
    copy = replace(first, request="s")

    found = SeenReply([first]).at("a[?@ == `1`]")
    assert found == [1]
    assert SeenReply([copy]).at("a[?@ == `1`]") is found


def test_what_was_found_in_one_answer_is_not_told_of_another() -> None:
    first = reply("r", b'{"a": 1}')
    decoded = replace(first, document={"a": 3})

    assert [SeenReply([each]).at("a") for each in (first, replace(first, body=b'{"a": 2}'), decoded, first)] == [
        1, 2, 3, 1,
    ]  # fmt: skip


def test_a_group_holds_the_documents_that_were_given() -> None:
    """Databases that ask for a login are left out of the sums."""
    group = SeenReply(
        [reply("d.1", b'{"n": 1}'), reply("d.2", b"{}", status=401), reply("d.3", ended=Ending.SILENT)], is_group=True
    )

    assert group.document == [{"n": 1}]
    assert group.has_status([401])
    assert group.is_answered


def test_a_test_without_a_path_looks_at_the_whole_document() -> None:
    assert value_test({"type": "array"})([])
    assert not value_test({"type": "array"})(None)
    assert not value_test({"type": "array"})(object())
