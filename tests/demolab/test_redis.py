"""The Redis-shaped server, fed with bytes instead of sockets."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.demolab import redis
from leakguard.demolab.asks import AskLog, Sort
from leakguard.demolab.elastic_pages import CANARY
from leakguard.demolab.redis import BrokenCommand, RedisServer, read_command
from support import streams


def exchange(data: bytes, *, log: AskLog | None = None, ends: bool = True) -> bytes:
    server = RedisServer(name="redis", log=log or AskLog())
    return streams.exchange(server.serve, data, limit=16 * 1024, ends=ends)


def test_both_forms_of_a_command_are_understood() -> None:
    assert exchange(b"PING\r\n*1\r\n$4\r\nping\r\n") == b"+PONG\r\n+PONG\r\n"


def test_info_tells_all_sections_one_section_or_nothing() -> None:
    assert exchange(b"INFO\r\n").count(b"# ") == 4
    assert b"db0:keys=18204" in exchange(b"INFO keyspace\r\n")
    assert b"redis_version" not in exchange(b"INFO keyspace\r\n")
    assert exchange(b"INFO nothing\r\n") == b"$0\r\n\r\n"


def test_each_command_is_sorted_by_what_it_would_do() -> None:
    log = AskLog()
    exchange(b"DBSIZE\r\nGET a\r\nSET a b\r\nAUTH guess\r\nSELECT 1\r\n", log=log)

    assert [ask.sort for ask in log.all()] == [Sort.LOOKS, Sort.READS_RECORDS, Sort.WRITES, Sort.LOGS_IN, Sort.LOOKS]
    assert [ask.what for ask in log.all(Sort.WRITES)] == ["a b"]


def test_a_read_meets_the_canary_and_a_write_does_nothing() -> None:
    assert CANARY.encode() in exchange(b"GET a\r\n")
    assert exchange(b"SET a b\r\n").startswith(b"-ERR unknown command `SET`")
    assert exchange(b"AUTH guess\r\n").startswith(b"-ERR Client sent AUTH")


def test_quit_ends_the_connection_and_an_empty_line_does_not() -> None:
    assert exchange(b"\r\nPING\r\nquit\r\nPING\r\n") == b"+PONG\r\n+OK\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"*1\r\nPING\r\n",
        b"*x\r\n",
        b"*65\r\n",
        b"*99999999999999999999\r\n",
        b"*1\r\n$4097\r\n",
        b"*1\r\n$1152921504606846976\r\n",
        b"*1\r\n$4\r\nPINGxx",
        b"PING " + b"a" * (redis.LINE_CAP_BYTES + 1) + b"\r\n",
        b"PING " + b"a" * (32 * 1024) + b"\r\n",
    ],
)
def test_a_broken_or_oversized_command_ends_the_connection(data: bytes) -> None:
    assert exchange(data + b"PING\r\n") == b"-ERR Protocol error\r\n"


def test_a_caller_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "IDLE_SECONDS", 0.05)

    assert exchange(b"PI", ends=False) == b""


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"*2\r\n$4\r\nINFO\r\n$" + tail))
def test_any_bytes_are_a_command_broken_or_unfinished(data: bytes) -> None:
    async def run() -> list[str] | None:
        reader = asyncio.StreamReader(limit=64)
        reader.feed_data(data)
        reader.feed_eof()
        try:
            return await read_command(reader)
        except (BrokenCommand, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return None

    words = asyncio.run(run())

    assert words is None or all(isinstance(word, str) for word in words)
