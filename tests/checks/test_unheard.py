"""What stayed unheard: a missing answer that might have shown a leak is no proof that there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import ENDING_REASONS, FAILED, WORDLESS, judge
from leakguard.checks.library import parse_check
from leakguard.checks.unheard import possible_outcomes, unheard_in
from leakguard.checks.views import view_of
from leakguard.frozen import replace
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Observation, Reply

CHECK = """
id: store_open
version: 1
title: A store answers without a login
datastore: store
lifecycle: stable
why: Anyone can read it.
probe:
  kind: %s
  ports: [%s]
  requests:
    - {id: root, %s}
    - {id: names, %s, only_if: {not: {is: asks_login}}}
    - {id: sizes, %s, only_if: {request: names, status: [200]}}
conditions:
  asks_login: {request: root, status: [401]}
rules:
  - when: {is: asks_login}
    then: not_exposed
    reason: a login is asked for
  - when: {request: names, status: [200]}
    then: exposed
    reason: the names are told
%s
  - when: {}
    then: not_applicable
    reason: nothing is known
remediation: Close it.
references: ["https://example.org/"]
covers: ["Store"]
"""
SILENCE_IS_A_NO = """
  - when: {request: names, ended: [silent]}
    then: not_exposed
    reason: it says nothing to strangers
"""
OVER_HTTP = ("http", "9200", "get: /", "get: /names", "get: /sizes")
OVER_REDIS = ("redis", "6379", "method: PING", "method: INFO", "method: DBSIZE")


def check_of(words: tuple[str, ...] = OVER_HTTP, rule: str = "") -> CheckDefinition:
    return parse_check(CHECK % (*words, rule), name="store_open.yaml")


def seen(**replies: int | Ending) -> Observation:
    """Replies by the ids of their requests: a status, or how the exchange ended without one."""
    made = {
        name: Reply(request=name, method="GET", what="/", ended=Ending.COMPLETE, status=said)
        if isinstance(said, int)
        else Reply(request=name, method="GET", what="/", ended=said)
        for name, said in replies.items()
    }
    return Observation(kind="http", replies=made)


@pytest.mark.parametrize("ended", [Ending.SILENT, Ending.SPENT, Ending.GARBLED])
def test_a_question_that_decides_and_is_not_answered_leaves_it_open(ended: Ending) -> None:
    verdict = judge(check_of(), seen(root=200, names=ended))

    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == ENDING_REASONS.get(ended, "the host did not answer all that was asked")


def test_a_question_that_decides_nothing_may_stay_unanswered() -> None:
    assert judge(check_of(), seen(root=401, names=Ending.SILENT)).outcome is Outcome.NOT_EXPOSED
    assert judge(check_of(), seen(root=200, names=200, sizes=Ending.SILENT)).outcome is Outcome.EXPOSED
    assert judge(check_of(), seen(root=200, names=404)).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("words", [OVER_HTTP, OVER_REDIS])
@pytest.mark.parametrize("ended", [Ending.CLOSED, Ending.RESET])
def test_to_hang_up_is_an_answer(words: tuple[str, ...], ended: Ending) -> None:
    assert judge(check_of(words), seen(root=200, names=ended)).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("rule", ["", SILENCE_IS_A_NO.replace("silent", "closed, reset")])
@pytest.mark.parametrize("ended", [Ending.CLOSED, Ending.RESET])
def test_to_hang_up_in_the_middle_of_an_answer_is_none(rule: str, ended: Ending) -> None:
    """A firewall that cuts a line at the first telling words must not make an open store a closed one."""
    check, root = check_of(OVER_REDIS, rule), Reply(request="root", method="GET", what="/", ended=Ending.COMPLETE)
    cut = Reply(request="names", method="GET", what="/", ended=ended, size_bytes=9)

    told = judge(check, Observation(kind="redis", replies={"root": root, "names": cut}))

    assert (told.outcome, told.reason) == (Outcome.INCONCLUSIVE, ENDING_REASONS[ended])
    first = judge(check, Observation(kind="redis", replies={"root": replace(cut, request="root")}))
    assert (first.outcome, first.reason) == (Outcome.INCONCLUSIVE, ENDING_REASONS[ended])


def test_an_ending_that_a_rule_is_for_is_judged_by_it() -> None:
    stated = check_of(rule=SILENCE_IS_A_NO)

    assert judge(stated, seen(root=200, names=Ending.SILENT)).outcome is Outcome.NOT_EXPOSED
    assert judge(stated, seen(root=200, names=Ending.SPENT)).outcome is Outcome.INCONCLUSIVE


BUSY_IS_A_NO = """
  - when: {request: names, status: [503]}
    then: not_exposed
    reason: it is sealed
"""
LOGIN_BESIDE = """
  - when: {request: sizes, status: [401]}
    then: not_exposed
    reason: a login is asked for
"""


def beside_a_login(rule: str = LOGIN_BESIDE) -> CheckDefinition:
    """As `check_of`, and the sizes are asked for whatever the names are."""
    text = CHECK.replace(", only_if: {request: names, status: [200]}", "")
    return parse_check(text % (*OVER_HTTP, rule), name="store_open.yaml")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 511, 522])
def test_too_busy_to_answer_is_unheard(status: int) -> None:
    """An open list that is overloaded for a moment must not make a login at another path a closed store."""
    verdict = judge(beside_a_login(), seen(root=200, names=status, sizes=401))

    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, FAILED)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 501])
def test_every_other_refusal_is_heard(status: int) -> None:
    assert judge(beside_a_login(), seen(root=200, names=status, sizes=401)).outcome is Outcome.NOT_EXPOSED


def test_a_busy_status_that_decides_nothing_is_heard() -> None:
    assert judge(beside_a_login(), seen(root=401, names=503, sizes=503)).outcome is Outcome.NOT_EXPOSED
    assert judge(beside_a_login(), seen(root=200, names=200, sizes=503)).outcome is Outcome.EXPOSED


def test_a_busy_status_leaves_it_open_whether_a_login_is_needed_and_not_which_product_it_is() -> None:
    assert judge(check_of(), seen(root=200, names=503)).outcome is Outcome.NOT_APPLICABLE


def test_a_busy_status_that_a_rule_is_for_is_judged_by_it() -> None:
    stated = beside_a_login(BUSY_IS_A_NO)

    assert judge(stated, seen(root=200, names=503, sizes=401)).outcome is Outcome.NOT_EXPOSED
    assert judge(beside_a_login(BUSY_IS_A_NO + LOGIN_BESIDE), seen(root=200, names=502, sizes=401)).reason == FAILED


def test_what_was_not_asked_for_want_of_an_answer_is_unheard_too() -> None:
    """Whether the names are asked for hangs on the root, whose answer is missing."""
    check, observation = check_of(), seen(root=Ending.SILENT)
    view = view_of(check, observation.replies)

    assert possible_outcomes(check, view, unheard_in(check, view)) == {
        Outcome.NOT_EXPOSED, Outcome.EXPOSED, Outcome.NOT_APPLICABLE,
    }  # fmt: skip


SAID = st.sampled_from([200, 401, 404, 500])


@given(root=SAID, names=SAID | st.none(), missing=st.sampled_from([Ending.SILENT, Ending.SPENT, Ending.GARBLED]))
def test_whatever_the_missing_answer_is_its_verdict_was_among_the_possible_ones(
    root: int, names: int | None, missing: Ending
) -> None:
    check = check_of()
    unanswered = view_of(check, seen(root=root, names=missing).replies)
    replies: dict[str, Any] = {"root": root} if names is None or root == 401 else {"root": root, "names": names}

    told = judge(check, seen(**replies)).outcome

    assert told in possible_outcomes(check, unanswered, unheard_in(check, unanswered))


TAKES_ANY_NAME = """
  - when: {request: names, status: [401], contains: any name is taken}
    then: exposed
    reason: it says that it takes any name
"""


@pytest.mark.parametrize(
    ("headers", "is_known"),
    [
        ({"content-encoding": "br"}, False),
        ({"content-encoding": "br", "content-length": "0"}, True),
        ({"content-encoding": "identity"}, True),
        ({}, True),
    ],
)
def test_a_refusal_whose_words_cannot_be_read_is_no_login_where_they_would_decide(
    headers: dict[str, str], *, is_known: bool
) -> None:
    """Trino says in the words of a 401 that it takes any name; a proxy sent them in a coding that nobody asked for."""
    refused = Reply(request="names", method="GET", what="/", ended=Ending.COMPLETE, status=401, headers=headers)
    asked = seen(root=200)
    asked = replace(asked, replies={**asked.replies, "names": refused})

    verdict = judge(check_of(rule=TAKES_ANY_NAME + LOGIN_BESIDE.replace("sizes", "names")), asked)

    expected = (Outcome.NOT_EXPOSED, "a login is asked for") if is_known else (Outcome.INCONCLUSIVE, WORDLESS)
    assert (verdict.outcome, verdict.reason) == expected
    assert judge(check_of(rule=LOGIN_BESIDE.replace("sizes", "names")), asked).outcome is Outcome.NOT_EXPOSED
