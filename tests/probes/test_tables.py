"""The register of protocols is the one list of them: gates, readers and sessions follow from it."""

from __future__ import annotations

import pytest

from leakguard.checks.protocols import HTTP_QUESTIONS, KINDS, OF_PAGES, PROTOCOLS
from leakguard.probes.prober import SESSIONS
from leakguard.probes.protocols.http.gate import QUESTIONS
from leakguard.probes.wire.gates import GATES


def test_every_kind_of_check_has_its_session_and_its_commands() -> None:
    """A line was forgotten in one of `PROTOCOLS`, `SESSIONS` and `GATES`."""
    carried = {reading.over or kind for kind, reading in PROTOCOLS.items()}

    assert set(KINDS) == set(SESSIONS)
    assert carried == set(GATES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_may_ask_what_the_session_answers(kind: str) -> None:
    named = frozenset(HTTP_QUESTIONS) if kind == "http" else frozenset()

    assert SESSIONS[kind].questions == PROTOCOLS[kind].questions | named


@pytest.mark.parametrize("kind", [kind for kind in KINDS if PROTOCOLS[kind].speaks_first])
def test_a_greeting_that_is_relied_on_is_recognised(kind: str) -> None:
    """On a port that suggests nothing, a protocol whose servers speak first is only asked where one did."""
    assert GATES[kind].greets is not None


def test_a_named_question_is_the_same_in_both_rooms() -> None:
    """A check file says what is asked; that it is asked with these constants is the wire's word."""
    assert dict(HTTP_QUESTIONS) == {
        name: f"{asked.method} {asked.path}{'#{item}' if asked.has_gap else ''}" for name, asked in QUESTIONS.items()
    }


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - OF_PAGES))
def test_a_question_with_a_body_says_how_to_read_it(name: str) -> None:
    question = QUESTIONS[name]

    assert not question.body or question.headers["content-type"] == "application/json"
    assert question.method in {"POST", "PROPFIND", "OPTIONS"}
