"""Which question comes next, and what is filled into it."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import interview
from leakguard.checks.requests import IDENTIFY_BYTES, Request
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
    listed = reply("list", b'[{"name": "a/../b c"}, {"name": ""}, {"name": 7}, {"name": "x"}, {"name": "y"}]')
    requests = asked(check(EACH), {"list": listed})

    assert [(each.id, each.what) for each in requests[2:]] == [
        ("one.1", "/db/a%2F..%2Fb%20c?x=no%20such"),
        ("one.2", "/db/x?x=no%20such"),
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
