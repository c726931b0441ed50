"""The lab's small HTTP server, fed with bytes instead of sockets."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.demolab import http
from leakguard.demolab.http import HttpAnswer, HttpAsk, UnknownRequest, parse_head, serve_connection
from support import streams


def exchange(data: bytes, *, ends: bool = True) -> bytes:
    """What the server writes when it is sent `data`; it answers with the path."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_connection(reader, writer, lambda ask: HttpAnswer(body=ask.path.encode()))

    return streams.exchange(serve, data, limit=http.HEAD_CAP_BYTES, ends=ends)


def test_two_requests_on_one_connection_get_two_answers() -> None:
    answers = exchange(
        b"GET /one HTTP/1.1\r\n\r\nGET /two HTTP/1.1\r\nConnection: close\r\n\r\nGET /three HTTP/1.1\r\n\r\n"
    )

    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert answers.endswith(b"connection: close\r\n\r\n/two")


def test_head_gets_the_length_and_no_body() -> None:
    answer = exchange(b"HEAD /page HTTP/1.1\r\n\r\n")

    assert answer.endswith(b"content-length: 5\r\n\r\n")


def test_a_body_is_dropped_up_to_the_cap_and_refused_beyond_it() -> None:
    fits = exchange(b"POST /x HTTP/1.1\r\ncontent-length: 65536\r\n\r\n" + b"a" * http.BODY_CAP_BYTES)
    beyond = exchange(b"POST /x HTTP/1.1\r\ncontent-length: 65537\r\n\r\n" + b"a" * 65537)

    assert fits.startswith(b"HTTP/1.1 200 ")
    assert beyond.startswith(b"HTTP/1.1 400 ")


def test_a_head_beyond_the_cap_is_refused() -> None:
    answer = exchange(b"GET / HTTP/1.1\r\nx: " + b"a" * (2 * http.HEAD_CAP_BYTES) + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "data",
    [
        b"GET\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\n\r\n",
        b"GET //[ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n\r\n",
    ],
)
def test_what_is_no_plain_request_is_refused_and_the_connection_ends(data: bytes) -> None:
    answer = exchange(data + b"GET / HTTP/1.1\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_half_a_request_gets_no_answer() -> None:
    assert exchange(b"GET / HTT") == b""


def test_a_caller_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.05)

    assert exchange(b"GET / HTT", ends=False) == b""


def test_query_and_headers_arrive_parsed() -> None:
    ask = parse_head(b"get /a%20b?h=x,y&v HTTP/1.1\r\nAccept:  application/json ")

    assert ask == HttpAsk(
        method="GET",
        path="/a b",
        target="/a%20b?h=x,y&v",
        query={"h": "x,y", "v": ""},
        headers={"accept": "application/json"},
    )


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"GET /" + tail + b" HTTP/1.1\r\n" + tail))
def test_any_bytes_are_a_request_or_refused(data: bytes) -> None:
    try:
        ask = parse_head(data)
    except UnknownRequest:
        return

    assert ask.target.startswith("/")
