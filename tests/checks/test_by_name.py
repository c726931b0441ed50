"""Checks that judge by name: each table by its own answer, those that were open before among them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from leakguard.checks.by_name import parts_by_name
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import Talk
from leakguard.checks.judge import judge
from leakguard.checks.library import parse_check
from leakguard.checks.namings import namings_in
from leakguard.checks.sizes import measure
from leakguard.checks.views import view_of
from leakguard.errors import BadFile
from leakguard.models.findings import Outcome, ReasonCode
from leakguard.models.observations import Ending, Observation, Reply
from support.check_files import WHOLE, reply

TABLES = (
    WHOLE.replace("why:", "by_name: table\nwhy:")
    .replace(
        "    - {id: list, get: /list, only_if: {request: root, status: [200]}}\n",
        '    - {id: list, get: "/{item}?count", each: {request: root, path: tables}}\n',
    )
    .replace(
        "  - {when: {request: list, json: {type: array}}, then: exposed, reason: the list is open}\n",
        "  - {when: {request: list, json: {path: n, min: 1}}, then: exposed, reason: open}\n"
        "  - {when: {request: list, json: {path: n, equals: 0}}, then: not_exposed, reason: no row, "
        "reason_code: rows_hidden}\n",
    )
    .replace('path: "sum([].n)"', "header: x-total-count")
)
HELD = {"orders": (200, 3), "notes": (200, 0), "people": (401, 0)}


def check(text: str = TABLES) -> CheckDefinition:
    return parse_check(text, name="shop_open.yaml")


def talked(definition: CheckDefinition, told: object, earlier: tuple[str, ...] = ()) -> Talk:
    """A whole talk with a server that tells of these tables and answers as `HELD` has it."""
    talk = Talk(definition, nonsense="n0nsense", earlier=lambda: earlier)
    while (request := talk.next_question()) is not None:
        if request.id == "root":
            said = reply("root", json.dumps({"tables": told}).encode())
        else:
            status, count = HELD.get(request.item, (404, 0))
            body = json.dumps({"n": count} if status == 200 else {}).encode()
            said = Reply(
                request=request.id, method="GET", what=request.what, ended=Ending.COMPLETE, status=status, body=body,
                headers={"x-total-count": str(count)}, told=request.told,
            )  # fmt: skip
        talk.hear(said)
    return talk


def verdicts(definition: CheckDefinition, talk: Talk) -> Mapping[str | None, tuple[Outcome, ReasonCode | None]]:
    found = {}
    for part in parts_by_name(definition, talk.replies, talk.items):
        verdict = judge(definition, Observation(kind="http", replies=part.replies), view=part.view)
        found[part.name] = (verdict.outcome, verdict.reason_code)
    return found


def test_each_table_is_judged_by_its_own_answer() -> None:
    definition = check()

    assert verdicts(definition, talked(definition, ["orders", "notes", "people"])) == {
        "orders": (Outcome.EXPOSED, None),
        "notes": (Outcome.NOT_EXPOSED, ReasonCode.ROWS_HIDDEN),
        "people": (Outcome.NOT_EXPOSED, None),
    }


def test_a_table_that_was_open_before_is_asked_for_though_nobody_names_it_today() -> None:
    """Only its own refusal closes it: that a page no longer names it says nothing."""
    definition = check()

    found = verdicts(definition, talked(definition, ["notes"], earlier=("people", "notes")))

    assert list(found) == ["people", "notes"]


def test_a_check_that_is_not_split_asks_for_no_earlier_name() -> None:
    definition = check(TABLES.replace("by_name: table\n", ""))
    talk = talked(definition, ["notes"], earlier=("people",))

    assert list(talk.items.values()) == ["notes"]
    assert list(parts_by_name(definition, talk.replies, talk.items)) == []


def test_a_name_that_may_be_anything_is_judged_in_no_finding() -> None:
    definition = check()

    assert verdicts(definition, talked(definition, ["jane roe <jane@example.org>", "orders"])).keys() == {"orders"}


def test_a_number_may_stand_in_a_header() -> None:
    definition = check()
    (part,) = parts_by_name(definition, (talk := talked(definition, ["orders"])).replies, talk.items)

    size = measure(definition, part.view)

    assert size is not None
    assert size.records == HELD["orders"][1]


def test_a_number_stands_in_one_way() -> None:
    with pytest.raises(BadFile, match=r"state one of `path`, .* and `header`"):
        check(TABLES.replace("header: x-total-count", "header: x-total-count, path: n"))


def test_fields_may_be_told_as_a_list_behind_their_collection() -> None:
    definition = check(
        TABLES.replace(
            "remediation:", "names:\n  - {request: root, path: tables, word: table, shape: pairs}\nremediation:"
        )
    )
    told = [["people", ["email", 4, "phone"]], ["orders", "total"], ["", ["x"]], [7, ["x"]]]
    view = view_of(definition, {"root": reply("root", json.dumps({"tables": told}).encode())})

    assert namings_in(definition.names, view) == (
        ("table", "people", ("email", "phone")),
        ("table", "orders", ("total",)),
    )


@pytest.mark.parametrize("name", ["a b", "__schema", "x){y", "ä", "1a"])
def test_what_is_no_name_of_graphql_is_put_into_no_body(name: str) -> None:
    """A host tells the names; it has no say in what else the body holds."""
    text = WHOLE.replace(
        "get: /list, only_if: {request: root, status: [200]}", "ask: postgraphile_count, each: {request: root, path: t}"
    )
    talk = Talk(check(text), nonsense="n0nsense")
    first = talk.next_question()
    assert first is not None
    talk.hear(reply("root", json.dumps({"t": [name, "allNotes"]}).encode()))

    asked = talk.next_question()

    assert asked is not None
    assert (asked.method, asked.what, asked.told) == ("postgraphile_count", "/graphql#allNotes", "/graphql#<name 2>")


@pytest.mark.parametrize(
    "headers",
    ["{if-none-match: 'x'}", "{x-parse-application-id: secret}", "{x-parse-javascript-key: '{parse_application}'}"],
)
def test_a_header_of_an_application_takes_nothing_but_what_a_page_tells(headers: str) -> None:
    with pytest.raises(BadFile, match="only these headers"):
        check(TABLES.replace("each:", f"headers: {headers}, each:"))


def test_a_check_may_say_that_its_product_serves_pages() -> None:
    assert not check().serves_pages
    assert check(TABLES.replace("by_name: table", "by_name: table\nserves_pages: true")).serves_pages
