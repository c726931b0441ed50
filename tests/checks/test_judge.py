"""Judging: the first rule that holds, what is learnt beside it, and that no host can make it fail or leak."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import (
    ANOTHER_PROTOCOL,
    ENDING_REASONS,
    NO_RULE,
    NOT_ASKED,
    PORT_CLOSED,
    TOO_MUCH,
    UNHEARD,
    UNREADABLE,
    judge,
)
from leakguard.checks.proof import proof_of
from leakguard.checks.protocols import PROTOCOLS
from leakguard.frozen import replace
from leakguard.models.findings import Access, Outcome, ReasonCode, Severity, Verdict
from leakguard.models.observations import Ending, Observation, Reply
from support.check_files import WHOLE, check, observation, reply
from support.examples import examples
from support.interviews import next_request
from support.shipped import LIBRARY

CANARY = "CANARY-5f1e77"
OUR_REASONS = {
    *ENDING_REASONS.values(),
    NO_RULE,
    NOT_ASKED,
    PORT_CLOSED,
    ANOTHER_PROTOCOL,
    TOO_MUCH,
    UNHEARD,
    UNREADABLE,
}


def test_the_first_rule_that_holds_decides() -> None:
    verdict = judge(
        check(), observation(reply("root", b'{"version": "2.1"}'), reply("list", b'[{"n": 2, "b": 7}, {"n": 3}]'))
    )

    assert verdict.outcome is Outcome.EXPOSED
    assert verdict.reason == "the list is open"
    assert verdict.access is Access.READ
    assert (verdict.product, verdict.version) == ("shop", "2.1")
    assert verdict.size is not None
    assert (verdict.size.records, verdict.size.bytes, verdict.size.collections) == (5, 7, 2)


def test_no_rule_no_guess() -> None:
    verdict = judge(check(), observation(reply("root"), reply("list", b"{}")))

    assert verdict == Verdict(outcome=Outcome.INCONCLUSIVE, reason="the replies matched no rule")


@pytest.mark.parametrize("ended", list(Ending))
def test_an_answer_that_failed_later_gives_the_reason(ended: Ending) -> None:
    verdict = judge(check(), observation(reply("root"), reply("list", ended=ended)))

    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == ENDING_REASONS.get(ended, NO_RULE)


@pytest.mark.parametrize(
    ("name", "ended"),
    [
        *(("root", each) for each in (Ending.GARBLED, Ending.CLOSED, Ending.RESET, Ending.CAPPED)),
        *(("list", each) for each in (Ending.GARBLED, Ending.CLOSED, Ending.RESET)),
    ],
)
def test_an_answer_that_began_in_its_protocol_and_cannot_be_read_is_unreadable(name: str, ended: Ending) -> None:
    """Garbled, or cut off by the host, or the first one at our cap; of a later one at its cap the rules may speak."""
    replies = {"root": reply("root"), "list": reply("list", b"{}")}
    replies[name] = replace(replies[name], ended=ended, body=b"", began=True, status=None, size_bytes=9)

    verdict = judge(check(), observation(*replies.values()))

    assert (verdict.outcome, verdict.reason_code) == (Outcome.INCONCLUSIVE, ReasonCode.UNREADABLE)
    assert verdict.reason == UNREADABLE


@pytest.mark.parametrize("ended", [Ending.GARBLED, Ending.CLOSED])
def test_an_answer_that_did_not_begin_in_the_protocol_has_no_reason_code(ended: Ending) -> None:
    verdict = judge(check(), observation(replace(reply("root", ended=ended), status=None, size_bytes=9)))

    assert verdict.reason_code is None


@pytest.mark.parametrize("kind", ["http", "redis"])
@pytest.mark.parametrize("ended", [ending for ending in Ending if ending not in {Ending.COMPLETE, Ending.CAPPED}])
def test_no_first_answer_is_judged_by_its_ending(ended: Ending, kind: str) -> None:
    text = (
        WHOLE
        if kind == "http"
        else WHOLE.replace("kind: http", "kind: redis")
        .replace("get: /list", "method: PING")
        .replace("get: /}", "method: INFO}")
    )
    verdict = judge(check(text), observation(reply("root", ended=ended)))
    hung_up = ended in {Ending.CLOSED, Ending.RESET} and kind == "redis"
    no = ended in {Ending.REFUSED, Ending.GARBLED} or hung_up

    unanswered = Outcome.NOT_EXPOSED if ended is Ending.CERTIFICATE else Outcome.INCONCLUSIVE
    assert verdict.outcome is (Outcome.NOT_APPLICABLE if no else unanswered)
    assert verdict.severity is Severity.NONE


@pytest.mark.parametrize(
    "definition", [one for one in LIBRARY if PROTOCOLS[one.probe.kind].over == "http"], ids=lambda one: one.id
)
def test_what_hangs_up_on_a_question_that_http_carries_may_be_a_middlebox(definition: CheckDefinition) -> None:
    cut = replace(reply("root", ended=Ending.RESET), request=definition.probe.requests[0].id)

    assert judge(definition, observation(cut)).outcome is Outcome.INCONCLUSIVE


def test_a_closed_port_is_called_one() -> None:
    verdict = judge(check(), Observation(kind="http", ended=Ending.REFUSED))

    assert verdict.reason == "the port is closed"


def test_an_endpoint_that_was_not_asked_is_called_so() -> None:
    assert judge(check(), Observation(kind="http")).reason == "the host was not asked"
    assert "out of scope" in judge(check(), Observation(kind="http", ended=Ending.BLOCKED)).reason


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ('"2.1"', "2.1"),
        ('"' + "9" * 500 + '"', "9" * 64),
        ('"1.0\\u001b[31m\\r\\nX: y\\u202e"', "1.0[31mX: y"),
        ("17", "17"),
        ("1" + "0" * 200, None),
        ("true", None),
        ("1.5", None),
        ('{"a": 1}', None),
        ('"\\u0000"', None),
        ("null", None),
    ],
)
def test_a_hostile_version_is_cut_to_a_harmless_word(version: str, expected: str | None) -> None:
    body = f'{{"version": {version}}}'.encode()

    assert judge(check(), observation(reply("root", body), reply("list", b"[]"))).version == expected


@pytest.mark.parametrize(
    ("server", "expected"),
    [("Shop/3.3 (Erlang)", "3.3"), ("Other/1", None), (None, None), ("Shop/", None)],
)
def test_a_version_may_stand_in_a_header(server: str | None, expected: str | None) -> None:
    root = Reply(
        request="root", method="GET", what="/", ended=Ending.COMPLETE, status=200,
        headers={"server": server} if server is not None else {},
    )  # fmt: skip

    assert judge(check(), observation(root, reply("list", b"[]"))).version == expected


def test_a_source_without_a_place_teaches_nothing() -> None:
    text = WHOLE.replace("{request: root, path: version}", "{after: x}").replace(", after: Shop/}", "}")
    root = Reply(
        request="root", method="GET", what="/", ended=Ending.COMPLETE, status=200, headers={"server": "Shop 2"}
    )

    assert judge(check(text), observation(root, reply("list", b"[]"))).version == "Shop 2"
    assert judge(check(text), observation(reply("root"), reply("list", b"[]"))).version is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
FIELDS = st.sampled_from(
    ["version", "number", "tagline", "index", "docs.count", "pri.store.size", "databases", "name", "ok", "count",
     "info", "keys", "auth", "listable", "exists", "dumps", "couchdb", "doc_count", "stats", "reply", "error"]
)  # fmt: skip
SHAPED = st.recursive(
    JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=5), max_leaves=20
)


@st.composite
def hostile_replies(draw: st.DrawFn, request: str = "") -> Reply:
    """An answer with a plausible or an absurd content."""
    document = draw(st.none() | SHAPED)
    as_text = draw(st.booleans())
    body = draw(st.binary(max_size=60)) if as_text else json.dumps(document).encode()
    return Reply(
        request=request, method="GET", what="/", body=body,
        ended=draw(st.sampled_from([Ending.COMPLETE, Ending.COMPLETE, Ending.CAPPED, *Ending])),
        status=draw(st.sampled_from([None, 200, 200, 400, 401, 403, 404, 405, 500])),
        headers=draw(st.dictionaries(st.sampled_from(["server", "www-authenticate"]), st.text(max_size=20))),
        document=draw(st.sampled_from([None, document])),
    )  # fmt: skip


def said_to(definition: CheckDefinition, answers: Sequence[Reply]) -> Observation:
    """What `definition` sees of a host that gives these answers, over and over."""
    note(f"check: {definition.id}")
    replies: dict[str, Reply] = {}
    coming = cycle(answers)
    while len(replies) < 30 and (request := next_request(definition, replies, nonsense="x", bucket="b")):
        replies[request.id] = replace(next(coming), request=request.id)
    return Observation(kind=definition.probe.kind, replies=replies)


@examples(15)
@given(st.lists(hostile_replies(), min_size=1, max_size=5))
def test_no_answer_makes_judging_fail(answers: list[Reply]) -> None:
    for definition in LIBRARY:
        seen = said_to(definition, answers)
        verdict = judge(definition, seen)

        assert verdict.reason in {rule.reason for rule in definition.rules} | OUR_REASONS
        assert verdict == judge(definition, seen)
        assert proof_of(seen) == proof_of(seen)


def planted(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The same shape with the canary in every text and every name."""
    if isinstance(value, dict):
        return {**{key: planted(inner) for key, inner in value.items()}, CANARY: CANARY}
    if isinstance(value, list):
        return [*(planted(inner) for inner in value), CANARY]
    return value


@examples(15)
@given(st.lists(SHAPED.map(planted), min_size=1, max_size=5))
def test_no_word_of_a_host_gets_into_a_verdict(documents: list[Any]) -> None:
    """Only the declared places may be quoted, and they hold a version or a cluster id."""
    bodies = [json.dumps(document).encode() for document in documents]
    for definition in LIBRARY:
        shown = [None] * len(documents) if definition.probe.kind == "http" else documents
        seen = said_to(
            definition,
            [
                Reply(
                    request="", method="GET", what="/", ended=Ending.COMPLETE, status=200, document=document, body=body
                )
                for document, body in zip(shown, bodies, strict=True)
            ],
        )

        assert CANARY not in repr(judge(definition, seen))
        assert CANARY not in repr(proof_of(seen))
        assert CANARY not in repr(seen)


TENFOLD = "[" + ", ".join(["@"] * 10) + "]"
"""Six of them in a row pass `checks lint` and make a million of one."""


@pytest.mark.parametrize("then", ["not_applicable", "not_exposed"])
def test_an_answer_of_which_a_rule_would_make_too_much_is_no_clean_verdict(then: str) -> None:
    """A host may send an answer that fits no memory once the check is done with it; then nobody knows what it shows."""
    path = " | ".join([TENFOLD] * 6) + "[][][] | length(@)"
    text = WHOLE.replace("json: {type: array}}", f"json: {{path: '{path}', min: 1}}}}").replace(
        "{when: {request: list, status: [401]}, then: not_exposed", f"{{when: {{}}, then: {then}"
    )
    answers = observation(reply("root"), reply("list", json.dumps(["x"] * 100).encode()))

    verdict = judge(check(text), answers)

    assert (verdict.outcome, verdict.reason_code) == (Outcome.INCONCLUSIVE, ReasonCode.UNREADABLE)
    assert verdict.reason == TOO_MUCH


def test_an_answer_of_which_the_only_rule_would_make_too_much_is_unreadable() -> None:
    """No rule holds then, and that there is none is not the reason."""
    path = " | ".join([TENFOLD] * 6) + "[][][] | length(@)"
    text = WHOLE.replace("json: {type: array}}", f"json: {{path: '{path}', min: 1}}}}").replace(
        "{when: {request: list, status: [401]}, then: not_exposed",
        "{when: {request: list, status: [599]}, then: not_exposed",
    )
    answers = observation(reply("root"), reply("list", json.dumps(["x"] * 100).encode()))

    verdict = judge(check(text), answers)

    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, TOO_MUCH)
