"""Interviews against the plain way to choose questions, and their views against those made afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.test_judge import hostile_replies
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import Talk, interview
from leakguard.checks.judge import judge
from leakguard.checks.replies import View
from leakguard.checks.requests import Request
from leakguard.checks.views import view_of
from leakguard.frozen import replace
from leakguard.models.observations import Ending, Observation, Reply
from support.check_files import WHOLE, check, reply
from support.interviews import next_request
from support.replays import NONSENSE, answer, read_replay
from support.shipped import LIBRARY

FOR_EACH = (
    WHOLE.replace("only_if: {request: root, status: [200]}", "only_if: {}")
    .replace(
        "rules:\n",
        '    - {id: one, get: "/{item}", each: {request: list, path: "[]", at_most: 3}, only_if: {is: goes_on}}\n'
        "    - {id: last, get: /last, only_if: {not: {request: one, status: [200]}}}\n"
        "conditions: {goes_on: {not: {request: one, status: [500]}}}\nrules:\n",
    )
)  # fmt: skip


def followed(definition: CheckDefinition, answer: Any) -> Talk:  # noqa: ANN401  (a function of a request)
    """A whole interview, in which every question is the one that the plain way chooses."""
    talk = Talk(definition, nonsense=NONSENSE, bucket="b")
    gone = {Ending.REFUSED, Ending.FILTERED, Ending.UNREACHABLE, Ending.BLOCKED}
    while (request := talk.next_question()) is not None:
        assert request == next_request(definition, talk.replies, nonsense=NONSENSE, bucket="b")

        talk.hear(answer(request))
    if not any(each.ended in gone for each in talk.replies.values()):
        assert next_request(definition, talk.replies, nonsense=NONSENSE, bucket="b") is None
    return talk


def seen(view: View) -> dict[str, Any]:
    """A view in words that can be compared."""
    return {
        name: (reply.ended, reply.is_answered, repr(reply.document), reply.has_status([200]), reply.header("server"))
        for name, reply in view.replies.items()
    }


def judged_alike(definition: CheckDefinition, talk: Talk) -> None:
    observation = Observation(kind=definition.probe.kind, replies=talk.replies)

    assert seen(talk.view) == seen(view_of(definition, talk.replies))
    assert judge(definition, observation, view=talk.view) == judge(definition, observation)


@pytest.mark.parametrize("definition", LIBRARY, ids=lambda definition: definition.id)
def test_an_interview_asks_what_the_plain_way_asks_of_every_replay(definition: CheckDefinition) -> None:
    for case in read_replay(definition.id).cases:
        judged_alike(definition, followed(definition, lambda request, case=case: answer(case, request)))


@settings(max_examples=60)
@given(data=st.data())
def test_an_interview_asks_what_the_plain_way_asks_of_any_host(data: st.DataObject) -> None:
    definition = data.draw(st.sampled_from(LIBRARY), label="check")

    judged_alike(definition, followed(definition, lambda request: data.draw(hostile_replies(request.id))))


@settings(max_examples=60)
@given(data=st.data())
def test_conditions_that_open_and_close_again_are_followed(data: st.DataObject) -> None:
    """The status of one answer of a group ends the group, and decides about another question."""
    bodies = st.sampled_from([b'["a", "b", "", 7, "c", "d"]', b"[]", b"{}", b"no"])
    statuses = st.sampled_from([200, 401, 500])
    endings = st.sampled_from([*[Ending.COMPLETE] * 5, Ending.RESET, Ending.REFUSED])

    def hostile(request: Request) -> Reply:
        return reply(request.id, data.draw(bodies), status=data.draw(statuses), ended=data.draw(endings))

    definition = check(FOR_EACH)

    judged_alike(definition, followed(definition, hostile))


def test_a_name_that_cannot_be_said_is_not_asked_for() -> None:
    """JSON may hold half of a surrogate pair, which no URL can."""
    talk = interview(check(FOR_EACH), nonsense="x")
    assert next(talk).id == "root"
    assert talk.send(reply("root")).id == "list"

    asked = talk.send(reply("list", body=b'["\\ud800x", 7, "", "a b"]'))

    assert (asked.id, asked.what) == ("one.2", "/a%20b")


def test_nobody_is_asked_who_takes_no_connection_any_more() -> None:
    talk = interview(check(FOR_EACH), nonsense="x")
    assert next(talk).id == "root"
    assert talk.send(reply("root")).id == "list"

    with pytest.raises(StopIteration) as done:
        talk.send(reply("list", ended=Ending.REFUSED))

    assert [each.ended for each in done.value.value.values()] == [Ending.COMPLETE, Ending.REFUSED]


def test_an_answer_is_told_by_the_question_that_it_answers_now() -> None:
    """An equal question of another check may have been answered before: by its own words, or by another number."""
    talk = Talk(check(FOR_EACH), nonsense="x")
    for answered in (
        reply("root"),
        reply("list", b'["ada@example.org"]'),
        replace(reply("one.1", status=404), told="/<name 7>"),
    ):
        talk.next_question()
        talk.hear(answered)
    last = talk.next_question()
    assert last is not None
    assert last.what == "/last"
    talk.hear(replace(reply("last"), told="/<name 9>"))

    assert [each.told for each in talk.replies.values()] == ["", "", "/<name 1>", ""]


def test_the_names_of_paths_are_asked_for_below_the_root() -> None:
    """A server that calls its datasets `/a` and `b` is asked for `/a` and `/b`; the root itself is no name."""
    text = FOR_EACH.replace('path: "[]", at_most: 3', 'path: "[]", at_most: 3, after: "/"')
    talk = Talk(check(text), nonsense="x")
    asked = []
    for answered in (reply("root"), reply("list", b'["/a", "b", "/", "/c/d"]'), reply("one.1"), reply("one.2")):
        question = talk.next_question()
        asked.append(question.what if question else "")
        talk.hear(answered)

    last = talk.next_question()

    assert asked[2:] == ["/a", "/b"]
    assert last is not None
    assert last.what == "/c%2Fd"


def test_nobody_answers_what_was_not_asked() -> None:
    with pytest.raises(ValueError, match="nothing was asked"):
        Talk(check(), nonsense="x").hear(reply("root"))


def test_a_check_that_needs_a_bucket_and_has_none_asks_nothing() -> None:
    text = WHOLE.replace("kind: http", "kind: s3").replace("get: /}", 'method: list, what: "{bucket}"}')
    definition = check(text.replace("get: /list", 'method: size, what: "{bucket}"'))

    with pytest.raises(StopIteration) as done:
        next(interview(definition, nonsense="x"))

    assert done.value.value == {}


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("elasticsearch_open", "Elasticsearch 2.4.6 without a login"),
        ("opensearch_open", next(each.name for each in read_replay("opensearch_open").cases if each.shows == "open")),
    ],
)
def test_three_questions_tell_all_about_an_open_search_server(name: str, case: str) -> None:
    definition = next(each for each in LIBRARY if each.id == name)
    found = next(each for each in read_replay(name).cases if each.name == case)

    talk = followed(definition, lambda request: answer(found, request))

    assert [each.what.partition("?")[0] for each in talk.replies.values()] == ["/", "/_cat/indices", "/_count"]
