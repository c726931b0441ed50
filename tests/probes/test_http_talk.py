"""A talk without a socket: in whatever pieces an answer comes, the reply is that of the sessions."""

from __future__ import annotations

import gc
import time
import weakref
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.models.targets import SweepEndpoint
from leakguard.probes.sweep.http_talk import HttpTalk, TimeLeft
from leakguard.probes.sweep.http_words import HttpWords
from support.hostile import http_answer
from support.probing import Question
from support.sweeping import Script

SPOT = SweepEndpoint(0, 0, "127.0.0.1", 9200)


def talk_of(*questions: Question, seconds: float = 60.0) -> tuple[HttpTalk, Script]:
    script = Script(questions=questions or (Question("GET", "/"),))
    return HttpTalk(SPOT, script, None, HttpWords("leakguard/test"), left(seconds)), script


def left(seconds: float = 60.0) -> TimeLeft:
    now = time.monotonic()
    return TimeLeft(began=now - 1.0, asks_until=now + seconds)


def feed(talk: HttpTalk, *pieces: bytes) -> list[bytes]:
    """What the talk says, from its first question on."""
    commands = [talk.begin(), *(talk.feed(piece) for piece in pieces if not talk.is_over)]
    return [command.data for command in commands if command is not None]


@given(st.lists(st.integers(1, 200), max_size=12), st.binary(max_size=300), st.booleans())
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(cuts: list[int], body: bytes, is_chunked: bool) -> None:  # noqa: FBT001  (drawn)
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    answer = chunked if is_chunked and body else http_answer(body)
    talk, script = talk_of()
    bounds = [0, *sorted({min(len(answer), cut) for cut in cuts}), len(answer)]
    pieces = [answer[first:last] for first, last in pairwise(bounds)]

    feed(talk, *filter(None, pieces))

    (reply,) = script.replies
    assert (reply.ended, reply.status, reply.body, reply.size_bytes) == (Ending.COMPLETE, 200, body, len(answer))
    assert talk.is_whole
    assert talk.is_over


@given(st.binary(max_size=400))
def test_no_bytes_break_a_talk(noise: bytes) -> None:
    talk, script = talk_of()

    feed(talk, noise)
    talk.lost(Ending.CLOSED)

    assert talk.is_over
    assert talk.is_whole is bool(script.replies)


def test_the_second_question_follows_on_the_same_line() -> None:
    talk, script = talk_of(Question("GET", "/"), Question("GET", "/a"))

    said = feed(talk, http_answer(b"one"), http_answer(b"two"))

    assert [line.split(b"\r\n")[0] for line in said] == [b"GET / HTTP/1.1", b"GET /a HTTP/1.1"]
    assert [reply.body for reply in script.replies] == [b"one", b"two"]
    assert talk.is_whole


@pytest.mark.parametrize(
    "answer",
    [
        http_answer(b"one", headers="Connection: close\r\n"),
        http_answer(b"one") + b"HTTP/1.1 200 more",
        b"HTTP/1.1 200\r\n\r\n",
    ],
)
def test_a_line_that_carries_no_second_question_ends_undecided(answer: bytes) -> None:
    talk, _ = talk_of(Question("GET", "/"), Question("GET", "/a"))

    said = feed(talk, answer)
    talk.lost(Ending.CLOSED)

    assert len(said) == 1
    assert talk.is_over
    assert not talk.is_whole


def test_an_answer_without_a_length_is_whole_where_the_host_closes_in_good_order() -> None:
    talk, script = talk_of()

    feed(talk, b"HTTP/1.1 200 OK\r\n\r\nall of it")
    talk.lost(Ending.CLOSED)

    assert [reply.body for reply in script.replies] == [b"all of it"]
    assert talk.is_whole


@pytest.mark.parametrize("ended", [Ending.RESET, Ending.SILENT])
def test_a_reset_or_a_silence_is_no_answer(ended: Ending) -> None:
    talk, script = talk_of()

    feed(talk, b"HTTP/1.1 200 OK\r\n\r\nhalf of")
    talk.lost(ended)

    assert script.replies == []
    assert not talk.is_whole


def test_no_more_than_the_cap_is_read() -> None:
    talk, script = talk_of(Question("GET", "/", cap_bytes=100))

    feed(talk, b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9999)

    (reply,) = script.replies
    assert (reply.ended, reply.size_bytes) == (Ending.CAPPED, 100)
    assert len(reply.body) < 100
    assert talk.is_over


def test_a_large_answer_is_left_to_a_session_which_waits_for_its_turn() -> None:
    talk, script = talk_of(Question("GET", "/", cap_bytes=8 * 1024 * 1024))

    feed(talk, b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", *[b"x" * 65536] * 17)

    assert script.replies == []
    assert talk.is_over
    assert not talk.is_whole


def test_endless_headers_are_cut() -> None:
    talk, script = talk_of(Question("GET", "/", cap_bytes=8 * 1024 * 1024))

    feed(talk, b"HTTP/1.1 200 OK\r\n", *[b"a: " + b"x" * 1000 + b"\r\n"] * 100)

    assert talk.is_over
    assert (talk.is_whole, script.replies) == (False, [])


def test_a_host_whose_time_is_nearly_over_is_asked_no_more() -> None:
    two = (Question("GET", "/"), Question("GET", "/more"))
    late, given_up = talk_of(*two, seconds=-0.1)
    early, asking = talk_of(*two)

    assert len(feed(late, http_answer(b"{}"))) == 1
    assert len(feed(early, http_answer(b"{}"))) == 2
    assert (late.is_over, late.is_whole) == (True, True)
    assert (given_up.has_given_up, asking.has_given_up) == (True, False)
    assert late.seconds >= 1.0


def test_a_named_host_is_asked_by_its_name() -> None:
    talk = HttpTalk(SPOT, Script(), "mail.example.edu", HttpWords("leakguard/test"), left())

    assert b"\r\nhost: mail.example.edu:9200\r\n" in talk.begin().data


def test_a_whole_question_goes_out_as_it_is_listed() -> None:
    talk, _ = talk_of(Question("etcd_v3_count", "/v3/kv/range"))

    assert talk.begin().data.startswith(b"POST /v3/kv/range HTTP/1.1\r\n")


def test_an_answer_that_is_over_is_not_left_to_the_garbage_collector() -> None:
    """A scan makes tens of thousands of them, and between two collections they would fill the memory."""
    gc.disable()
    try:
        talk, _ = talk_of()
        talk.begin()
        reader = weakref.ref(talk._reader)  # noqa: SLF001  (nobody else may hold it)
        talk.feed(http_answer(b"{}"))
        del talk

        assert reader() is None
    finally:
        gc.enable()
