"""Check files: what is read, and what is refused with a line and a nearest name."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.definitions import NoteRequest
from leakguard.checks.judge import judge
from leakguard.checks.library import parse_check
from leakguard.errors import BadFile, Problem
from leakguard.models.findings import Outcome
from support.check_files import WHOLE, check, observation, reply


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(BadFile) as refused:
        parse_check(text, name="shop_open.yaml")
    return refused.value.problems


def bent(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new)


def test_a_whole_check_is_read() -> None:
    definition = check()

    assert definition.id == "shop_open"
    assert [request.id for request in definition.probe.requests] == ["root", "list"]
    assert definition.rules[0].when.stated["request"] == "list"
    assert not definition.fallback
    assert definition.references == ("https://example.org/shop",)
    assert definition.covers == ()


@pytest.mark.parametrize(
    ("old", "new", "where", "text"),
    [
        ("get: /list", "get: list", "probe.requests[1].get", "a path starts with `/`"),
        ("get: /list", 'get: "/li st"', "probe.requests[1].get", "no spaces or control characters"),
        ("get: /list", 'get: "/li\\u200bst"', "probe.requests[1].get", "no spaces or control characters"),
        ("get: /list", 'get: "/{item}"', "probe.requests[1]", "nothing fills in item"),
        ("get: /list", 'get: "/{bukkit}"', "probe.requests[1]", "nothing fills in bukkit"),
        ("get: /list", "method: POST", "probe.requests[1]", "over HTTP state `get` or `head`"),
        ("get: /list", "get: /list, head: /list", "probe.requests[1]", "state exactly one"),
        ("get: /list", "get: /list/_search", "probe.requests[1].get", "`_search` hands out documents"),
        (
            "get: /list",
            'get: "/_all_docs?include_docs=true"',
            "probe.requests[1].get",
            "`include_docs` hands out documents",
        ),
        ("get: /list", "get: /list, what: x", "probe.requests[1]", "`what` belongs to `method`"),
        ("get: /list", "get: /list, cap_bytes: 99999999", "probe.requests[1].cap_bytes", "less than or equal"),
        ("get: /list", "get: /list, headers: {authorization: x}", "probe.requests[1].headers", "only these headers"),
        ("get: /list", 'get: /list, headers: {accept: "a\\nb"}', "probe.requests[1].headers", "only these headers"),
        ("get: /list", 'method: X, what: "\\u0085"', "probe.requests[1].what", "only printable"),
        ("get: /list", "method: X, each: {request: root, path: a}", "probe.requests[1]", "`each` belongs to"),
        ("get: /list", "ask: etcd_v3_counts", "probe.requests[1]", "`ask` names one of: crate_sizes"),
        ("get: /list", "ask: etcd_v3_count, each: {request: root, path: a}", "probe.requests[1]", "`each` belongs to"),
        ("get: /list", "ask: etcd_v3_count, headers: {accept: a}", "probe.requests[1]", "`headers` belong to"),
        ("get: /list", "ask: etcd_v3_count, what: a", "probe.requests[1]", "`what` belongs to"),
        ("{id: list,", "{id: root,", "probe.requests[1].id", "another request has this id"),
        ("[8123]", "[0]", "probe.ports[0]", "greater than or equal to 1"),
        ("[8123]", "[65536]", "probe.ports[0]", "less than or equal to 65535"),
        ("[8123]", "[]", "probe.ports", "this list must not be empty"),
        ("kind: http", "kind: no-such-protocol", "probe.kind", "Input should be"),
        ("type: array", 'path: "[["', "rules[0].when.json.path", "not a JMESPath expression"),
        ("request: list, json", "json", "rules[0].when", "needs `request`"),
        ("then: exposed", "then: open", "rules[0].then", "Input should be"),
        ("remediation: Close it.\n", "", "remediation", "this field is missing"),
        ('references: ["https://example.org/shop"]\n', "", "references", "this field is missing"),
        ('"https://example.org/shop"', '"http://example.org"', "references[0]", "pattern"),
        ("id: shop_open", "id: shop", "id", "an id is `<datastore>_<condition>`"),
        ("id: shop_open", "id: Shop-Open", "id", "pattern"),
        ("lifecycle: stable", "lifecycle: draft", "lifecycle", "Input should be"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, where: str, text: str) -> None:
    found = [problem for problem in problems_of(bent(old, new)) if problem.where == where and text in problem.text]

    assert found
    assert found[0].line


RANSOM = """\
ransom:
  entries: [{request: list, path: "[]"}]
  names: ["read_me*"]
  note: {get: "/{item}/_search?size=3", records: total}
"""


def test_a_note_is_asked_for_by_the_quoted_name_of_one_entry() -> None:
    note = getattr(check(WHOLE + RANSOM).ransom, "note", None)
    assert isinstance(note, NoteRequest)

    asked = note.of("read me/_all")

    assert (asked.method, asked.what, asked.cap_bytes) == ("GET", "/read%20me%2F_all/_search?size=3", 65536)


def test_a_glob_of_notes_knows_the_star_alone() -> None:
    (problem,) = problems_of(WHOLE + RANSOM.replace("read_me*", "read?me"))

    assert (problem.where, problem.text) == ("ransom.names", "in 'read?me' only `*` may stand for something else")


def test_a_note_is_no_question_of_a_scan() -> None:
    assert [request.id for request in check(WHOLE + RANSOM).probe.requests] == ["root", "list"]


@pytest.mark.parametrize(
    ("old", "new", "where", "text"),
    [
        ("/{item}/_search?size=3", "/read_me/_search", "ransom.note.get", "`/{item}/` once"),
        ("/{item}/_search?size=3", "/a{item}/_search", "ransom.note.get", "`/{item}/` once"),
        ("/{item}/_search?size=3", "/{item}/{nonsense}", "ransom.note.get", "`/{item}/` once"),
        ("/{item}/_search?size=3", "{item}/_search", "ransom.note.get", "a path starts with `/`"),
        ("/{item}/_search?size=3", "/{item}/_close", "ransom.note.get", "`_close` changes something"),
        (", records: total", "", "ransom.note.records", "missing"),
        ("records: total", "records: total, cap_bytes: 65537", "ransom.note.cap_bytes", "less than or equal to 65536"),
    ],
)
def test_a_note_that_could_read_more_than_one_entry_is_refused(old: str, new: str, where: str, text: str) -> None:
    assert old in RANSOM
    (problem,) = problems_of(WHOLE + RANSOM.replace(old, new))

    assert problem.where == where
    assert text in problem.text


def test_a_note_is_read_over_http_alone() -> None:
    other = WHOLE.replace("kind: http", "kind: redis").replace("get: /list", "method: INFO")

    problems = problems_of(other.replace("get: /}", "method: PING}") + RANSOM)

    assert [(problem.where, problem.text) for problem in problems] == [
        ("ransom.note", "a note is read over HTTP alone")
    ]


def test_an_unknown_request_is_named_with_the_nearest_one() -> None:
    (problem,) = problems_of(bent("{request: list, status", "{request: lisd, status"))

    assert problem.where == "rules[1].when.request"
    assert problem.nearest == "list"


def test_the_request_that_tells_of_shipped_code_is_one_of_the_check() -> None:
    (problem,) = problems_of(f"{WHOLE}shipped: lisd\n")

    assert (problem.where, problem.nearest) == ("shipped", "list")


def test_an_unknown_condition_is_named_with_the_nearest_one() -> None:
    text = bent("rules:\n", "conditions: {lists: {request: list}}\nrules:\n").replace(
        "{request: list, status: [401]}", "{is: list}"
    )
    (problem,) = problems_of(text)

    assert problem.nearest == "lists"


def test_a_named_condition_may_not_ask_for_another() -> None:
    """Otherwise two of them could ask for one another for ever."""
    found = problems_of(bent("rules:\n", "conditions: {a: {is: b}, b: {is: a}}\nrules:\n"))

    assert [problem.where for problem in found] == ["conditions.a.is", "conditions.b.is"]


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        ("redis", "KEYS"),
        ("mongodb", "find"),
        ("postgres", "query"),
        ("memcached", "set"),
        ("s3", "get"),
        ("redis", "None"),
    ],
)
def test_a_verb_that_is_not_on_the_list_is_refused(kind: str, verb: str) -> None:
    text = (
        bent("kind: http", f"kind: {kind}").replace("get: /list", f"method: {verb}").replace("get: /}", "method: PING}")
    )

    assert any("only reading verbs" in problem.text for problem in problems_of(text) if "[1]" in problem.where)


def test_all_problems_of_a_file_are_reported_together() -> None:
    text = (
        bent("[8123]", "[0]")
        .replace("then: exposed", "then: open")
        .replace("{request: list, status", "{request: x, status")
    )

    assert {problem.where for problem in problems_of(text)} == {
        "probe.ports[0]",
        "rules[0].then",
        "rules[1].when.request",
    }


def test_a_harmless_header_may_be_set() -> None:
    definition = check(bent("get: /list", "get: /list, headers: {Accept: text/plain}"))

    assert definition.probe.requests[1].headers == {"Accept": "text/plain"}


@pytest.mark.parametrize("text", ["[]", "probe: 3", "probe: {requests: 3}\nconditions: 4", "just words"])
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    assert problems_of(text)


def test_a_check_that_was_used_can_go_to_another_process() -> None:
    definition = check()
    judge(definition, observation(reply("root"), reply("list", b"[]")))

    sent = pickle.loads(pickle.dumps(definition))  # noqa: S301  (our own bytes, as between our own processes)

    assert sent == definition
    assert judge(sent, observation(reply("root"), reply("list", b"[]"))).outcome is Outcome.EXPOSED


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(BadFile):
        parse_check(text, name="x.yaml")


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    """Nothing but `BadFile` may come out of a file that a person cut, doubled or mistyped."""
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, len(WHOLE)))
    filling = data.draw(st.sampled_from(["", "[", "{", ": ", "null", "- ", "\t", "é"]))
    text = WHOLE[:start] + filling + WHOLE[end:]
    try:
        definition = parse_check(text, name="x.yaml")
    except BadFile as bad:
        problems = bad.problems
    else:
        assert definition.rules
        return

    assert problems
