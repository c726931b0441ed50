"""What a sweep says to a host is, to the letter, what would be said to that host alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.probes.protocols.http.client import http_command, request_headers, shown_host
from leakguard.probes.protocols.http.gate import QUESTIONS
from leakguard.probes.sweep.http_words import MOST, HttpWords
from leakguard.probes.wire.verbs import AnyHost, ForbiddenCommand, ReadCommand
from support.probing import Question

HOSTS = st.sampled_from(["192.0.2.1", "2001:db8::1", "mail.example.edu", "bücher.example"])
PATHS = (Question("GET", "/"), Question("HEAD", "/a b"), Question("GET", "/?host: x"))
QUESTIONS_ASKED = st.sampled_from(
    [*PATHS, *(Question(name, "#allNotes" if asked.has_gap else "") for name, asked in QUESTIONS.items())]
)


@given(st.lists(st.tuples(QUESTIONS_ASKED, HOSTS, st.sampled_from([80, 443, 9200])), max_size=8))
def test_a_command_that_was_made_for_another_host_is_the_one_that_is_made_anew(
    asked: list[tuple[Question, str, int]],
) -> None:
    words = HttpWords("leakguard/test")

    for question, host, port in asked:
        shown = shown_host(host, port)
        command = words.command(question, shown)

        assert (command.kind, command.verb, command.data) == _alone(question, shown)
        ReadCommand(kind=command.kind, verb=command.verb, data=command.data)


def _alone(question: Question, shown: str) -> tuple[str, str, bytes]:
    command = HttpWords("leakguard/test").command(question, shown)
    return command.kind, command.verb, command.data


def test_a_question_with_headers_of_its_own_is_made_each_time() -> None:
    words = HttpWords("leakguard/test")

    command = words.command(Question("GET", "/", headers={"range": "bytes=0-9"}), "192.0.2.1")

    assert b"\r\nrange: bytes=0-9\r\n" in command.data
    assert len(words) == 0


def test_no_more_questions_are_remembered_than_are_worth_it() -> None:
    words = HttpWords("leakguard/test")

    for number in range(MOST + 5):
        assert words.command(Question("GET", f"/{number}"), "a").data.startswith(b"GET /%d HTTP" % number)

    assert len(words) == MOST


@given(st.text(max_size=20))
def test_a_host_cannot_bring_a_line_of_its_own(host: str) -> None:
    """Whatever takes the place of a name becomes one word of one line, or nothing at all."""
    any_host = AnyHost(http_command("GET", "/", request_headers("a", 9200, "leakguard/test", {})), "a:9200")
    try:
        command = any_host.at(host)
    except ForbiddenCommand:
        return

    ReadCommand(kind="http", verb="GET", data=command.data)
    assert command.data.count(b"\r\n") == 5


@pytest.mark.parametrize("host", ["", "a b", "a\r\nx: y", "a\n", "\x00"])
def test_what_is_no_word_is_refused(host: str) -> None:
    any_host = AnyHost(http_command("GET", "/", {"host": "a"}), "a")

    with pytest.raises(ForbiddenCommand):
        any_host.at(host)


def test_a_command_that_names_no_host_is_for_nobody() -> None:
    with pytest.raises(ForbiddenCommand, match="name its host"):
        AnyHost(http_command("GET", "/", {"user-agent": "x"}), "a")
