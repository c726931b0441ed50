"""Which question comes next, and what is filled into it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import interview
from leakguard.checks.requests import IDENTIFY_BYTES, Request, refused_question
from leakguard.models.observations import Ending, Reply
from support.check_files import WHOLE, check, reply
from support.interviews import answered

EACH = WHOLE.replace(
    "rules:\n",
    '    - {id: one, get: "/db/{item}?x={nonsense}", each: {request: list, path: "[].name", at_most: 2}}\nrules:\n',
)


def asked(definition: CheckDefinition, answers: dict[str, Reply], bucket: str | None = None) -> list[Request]:
    found: list[Request] = []

    def answer(request: Request) -> Reply:
        found.append(request)
        return answers.get(request.id) or reply(request.id)

    answered(interview(definition, nonsense="no such", bucket=bucket), answer)
    return found


def test_a_question_is_asked_only_if_its_condition_holds() -> None:
    open_, closed = asked(check(), {}), asked(check(), {"root": reply("root", status=404)})

    assert [each.id for each in open_] == ["root", "list"]
    assert [each.id for each in closed] == ["root"]
    assert open_[0] == Request(id="root", method="GET", what="/", headers={}, cap_bytes=IDENTIFY_BYTES)


def test_nothing_more_is_asked_of_a_host_that_did_not_answer_first() -> None:
    definition = check(WHOLE.replace("only_if: {request: root, status: [200]}", "only_if: {}"))

    assert len(asked(definition, {"root": reply("root", ended=Ending.SILENT)})) == 1
    assert len(asked(definition, {"root": reply("root", ended=Ending.CAPPED)})) == 2


def test_one_question_is_asked_for_each_name_and_no_more_than_allowed() -> None:
    listed = reply("list", b'[{"name": "a/..b c"}, {"name": ""}, {"name": 7}, {"name": "x"}, {"name": "y"}]')
    requests = asked(check(EACH), {"list": listed})

    assert [(each.id, each.what) for each in requests[2:]] == [
        ("one.1", "/db/a%2F..b%20c?x=no%20such"),
        ("one.2", "/db/x?x=no%20such"),
    ]


def names_asked(*names: str) -> list[str]:
    definition = check(EACH.replace("at_most: 2", "at_most: 20"))
    listed = reply("list", json.dumps([{"name": name} for name in names]).encode())
    return [each.what for each in asked(definition, {"list": listed})[2:]]


@pytest.mark.parametrize("name", [".", "..", "../../x", "..;/x", "a\\..\\b", "\ud800", "x" * 256, "\u00e9" * 128])
def test_a_name_that_leads_elsewhere_or_is_longer_than_names_are_is_not_asked_about(name: str) -> None:
    """The host says what its databases are called, and must not thereby say what we ask, or how much of it."""
    assert names_asked(name, "fine") == ["/db/fine?x=no%20such"]


@pytest.mark.parametrize("name", ["_changes", "_Search", "delete", "a/_doc", "_shutdown"])
def test_a_name_that_makes_a_path_which_no_check_may_state_is_not_asked_about(name: str) -> None:
    assert names_asked(name, "fine") == ["/db/fine?x=no%20such"]


def test_a_name_as_long_as_names_may_be_is_asked_about() -> None:
    assert names_asked("x" * 255, "\u00e9" * 127) == [
        f"/db/{'x' * 255}?x=no%20such",
        f"/db/{'%C3%A9' * 127}?x=no%20such",
    ]


@given(
    name=st.text(st.characters(exclude_categories=()), max_size=300) | st.sampled_from(["%2e%2e", "a?b#c", "a\x00b"])
)
def test_whatever_a_name_is_the_question_is_one_that_a_check_may_state(name: str) -> None:
    for what in names_asked(name):
        assert refused_question(what) is None
        assert what.startswith("/db/")
        assert what.count("/") == 2
        assert len(what) < 800


def test_a_name_of_the_host_is_told_by_its_number() -> None:
    listed = reply("list", b'[{"name": "john.doe@example.com"}, {"name": ".."}, {"name": "y"}]')
    requests = asked(check(EACH.replace("at_most: 2", "at_most: 3")), {"list": listed})

    assert [(each.id, each.told) for each in requests] == [
        ("root", ""),
        ("list", ""),
        ("one.1", "/db/<name 1>?x=no%20such"),
        ("one.3", "/db/<name 3>?x=no%20such"),
    ]


def test_no_names_no_questions() -> None:
    assert len(asked(check(EACH), {"list": reply("list", b'{"a": 1}')})) == 2
    assert len(asked(check(EACH), {"list": reply("list", ended=Ending.RESET)})) == 2
    assert len(asked(check(EACH), {"root": reply("root", status=500)})) == 1


def test_a_name_is_never_taken_for_a_placeholder() -> None:
    """A host could otherwise have its own words filled in a second time."""
    requests = asked(check(EACH), {"list": reply("list", b'[{"name": "{nonsense}"}]')})

    assert requests[2].what == "/db/%7Bnonsense%7D?x=no%20such"


def test_a_question_about_a_bucket_needs_a_bucket() -> None:
    text = WHOLE.replace("kind: http", "kind: s3").replace("get: /}", "method: service}")
    definition = check(text.replace("get: /list", 'method: list, what: "{bucket}"'))

    assert [each.what for each in asked(definition, {})] == [""]
    assert [each.what for each in asked(definition, {}, bucket="lab")] == ["", "lab"]


def test_a_head_request_is_one() -> None:
    definition = check(WHOLE.replace("get: /list", "head: /list"))

    assert [each.method for each in asked(definition, {})] == ["GET", "HEAD"]


def test_a_question_with_a_name_tells_what_it_asks_for() -> None:
    definition = check(WHOLE.replace("get: /list", "ask: etcd_v3_count"))

    assert [(each.method, each.what) for each in asked(definition, {})] == [
        ("GET", "/"),
        ("etcd_v3_count", "/v3/kv/range"),
    ]
