"""Answers longer than what is read: what an open server says at length never makes it a closed one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import Talk
from leakguard.checks.judge import TOO_LONG, judge
from leakguard.checks.library import parse_check
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, ReasonCode, Verdict
from leakguard.models.observations import Ending, Observation, ParsedOnce, Reply
from support.each import for_each
from support.replays import FOLDER, NONSENSE, Case, about_one, answer, as_asked, at_a_named_place, observe, read_replay

pytestmark = pytest.mark.untraced

OPEN = {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED}
CHECK = """
id: store_open
version: 1
title: A store answers without a login
datastore: store
lifecycle: stable
why: Anyone can read it.
probe:
  kind: http
  ports: [9200]
  requests:
    - {id: root, get: /}
    - {id: names, get: /names}
rules:
  - when: {not: {request: root, contains: Store}}
    then: not_applicable
    reason: no store is here
  - when: {request: names, json: {path: names, type: array}}
    then: exposed
    reason: the names are told
  - when: {}
    then: not_exposed
    reason: nothing is told
remediation: Close it.
references: ["https://example.org/"]
covers: ["Store"]
"""


def verdict_on(root: bytes, names: bytes, *, status: int = 200, ended: Ending = Ending.CAPPED) -> Verdict:
    replies = {
        "root": Reply(request="root", method="GET", what="/", ended=Ending.COMPLETE, status=200, body=root),
        "names": Reply(request="names", method="GET", what="/names", ended=ended, status=status, body=names),
    }
    return judge(parse_check(CHECK, name="store_open.yaml"), Observation(kind="http", replies=replies))


def test_a_list_that_is_cut_settles_nothing() -> None:
    verdict = verdict_on(b"Store", b' {"names": ["a", "b')

    assert (verdict.outcome, verdict.reason, verdict.reason_code) == (
        Outcome.INCONCLUSIVE, TOO_LONG, ReasonCode.UNREADABLE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("root", "names", "status", "ended", "wanted"),
    [
        (b"Store", b"<html>a long page", 200, Ending.CAPPED, Outcome.NOT_EXPOSED),
        (b"Store", b'{"error": "a long refusal', 401, Ending.CAPPED, Outcome.NOT_EXPOSED),
        (b"Store", b'{"names": 1}', 200, Ending.COMPLETE, Outcome.NOT_EXPOSED),
        (b"Store", b'{"names": []}', 200, Ending.COMPLETE, Outcome.EXPOSED),
        (b"Other", b'{"names": ["a', 200, Ending.CAPPED, Outcome.NOT_APPLICABLE),
    ],
)
def test_other_answers_settle_what_they_did(
    root: bytes, names: bytes, status: int, ended: Ending, wanted: Outcome
) -> None:
    assert verdict_on(root, names, status=status, ended=ended).outcome is wanted


@for_each("check", lambda: sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_no_open_server_becomes_a_closed_one_by_an_answer_that_is_too_long(check: str) -> None:
    definition = parse_check(BundledFiles().text("checks", f"{check}.yaml"), name=check)
    cases = [case for case in read_replay(check).cases if case.shows == "open" and case.expect.outcome in OPEN]
    for case in cases if definition.probe.kind == "http" else ():
        for name in _granted(definition, case):
            assert _with_cut(definition, case, name).outcome is not Outcome.NOT_EXPOSED, (case.name, name)


def _granted(definition: CheckDefinition, case: Case) -> Iterator[str]:
    """The requests that were answered with JSON."""
    for name, reply in observe(definition, case).replies.items():
        is_granted = reply.status is not None and reply.status in range(200, 300)
        if is_granted and reply.body[:1] in {b"{", b"["}:
            yield name


def _with_cut(definition: CheckDefinition, case: Case, name: str) -> Verdict:
    """The verdict on the same server whose answer to one request goes on behind what is read."""
    talk = Talk(at_a_named_place(as_asked(definition, case)), nonsense=NONSENSE, bucket=case.bucket)
    while (request := talk.next_question()) is not None:
        reply = answer(case, request)
        is_cut = request.id == name
        talk.hear(replace(reply, ended=Ending.CAPPED, body=reply.body[:-1], read=ParsedOnce()) if is_cut else reply)
    replies = about_one(definition, talk, case.about)
    return judge(as_asked(definition, case), Observation(kind=definition.probe.kind, replies=replies))
