"""Redis, Memcached and the others: what is an answer, and what is another protocol."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.models.observations import Ending, Reply
from support.hostile import banner, says, serving
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

CANARY = b"Invented-Person-4711"


def ask(kind: str, question: Question, answer: bytes) -> Reply:
    async def work() -> Reply:
        async with serving(says(answer, then="stay")) as host:
            [reply] = await Probing().ask(host.endpoint(), kind, question)
            return reply

    return run(work())


@pytest.mark.parametrize(
    ("question", "answer", "document"),
    [
        (Question("PING"), b"+PONG\r\n", {"reply": "PONG"}),
        (Question("PING"), b"$4\r\nPONG\r\n", {"reply": "PONG"}),
        (Question("PING"), b"-NOAUTH " + CANARY + b"\r\n", {"error": "NOAUTH", "text": ""}),
        (Question("PING"), b"-" + CANARY + b"\r\n", {"error": "ERR", "text": ""}),
        (Question("DBSIZE"), b":12000000000\r\n", {"keys": 12_000_000_000}),
        (Question("DBSIZE"), b":-1\r\n", {"keys": None}),
    ],
)
def test_redis_answers_become_plain_values(question: Question, answer: bytes, document: dict[str, Any]) -> None:
    reply = ask("redis", question, answer)

    assert (reply.ended, reply.document) == (Ending.COMPLETE, document)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (Question("PING"), b"+OK POP3 ready\r\n"),
        (Question("PING"), b"* OK IMAP4rev1 ready\r\n"),
        (Question("PING"), b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        (Question("PING"), b":1\r\n"),
        (Question("INFO", "server"), b"+OK\r\n"),
        (Question("DBSIZE"), b"+OK\r\n"),
        (Question("PING"), b"+" + b"x" * 600),
    ],
)
def test_other_protocols_are_not_redis(question: Question, answer: bytes) -> None:
    assert ask("redis", question, answer).ended is Ending.GARBLED


def test_protected_mode_speaks_before_it_is_asked() -> None:
    async def work() -> Reply:
        async with serving(banner(b"-DENIED Redis is running in protected mode\r\n", then="close")) as host:
            [reply] = await Probing().ask(host.endpoint(), "redis", Question("PING"))
            return reply

    assert run(work()).document == {"error": "DENIED", "text": ""}


def test_info_counts_beyond_32_bits_and_caps_what_it_keeps() -> None:
    lines = ["# Memory", "used_memory:8400000000000", "db0:keys=9500000000,expires=0", "db1:keys=1", "dbx:keys=5"]
    lines += [f"field{number}:{'v' * 5000}" for number in range(2)] + ["db3:broken", "no colon here"]
    text = "\r\n".join(lines).encode()

    document = ask("redis", Question("INFO"), b"$%d\r\n%s\r\n" % (len(text), text)).document

    assert (document["keys"], document["used_memory"]) == (9_500_000_001, 8_400_000_000_000)
    assert sorted(document["databases"]) == ["db0", "db1"]
    assert len(document["info"]["field1"]) == 1024


@pytest.mark.parametrize(
    ("answer", "document"),
    [
        (b"STAT curr_items 3\r\nSTAT bytes 99\r\nEND\r\n", {"stats": {"curr_items": "3", "bytes": "99"}}),
        (b"END\r\n", {"stats": {}}),
        (b"ERROR\r\n", {"error": "ERROR", "needs_login": False, "is_full": False}),
        (b"SERVER_ERROR " + CANARY + b"\r\n", {"error": "SERVER_ERROR", "needs_login": False, "is_full": False}),
    ],
)
def test_memcached_answers_become_plain_values(answer: bytes, document: dict[str, Any]) -> None:
    reply = ask("memcached", Question("stats"), answer)

    assert (reply.ended, reply.document) == (Ending.COMPLETE, document)


@pytest.mark.parametrize(
    "answer",
    [
        b"VERSION 1.6\r\n",
        b"SSH-2.0-x\r\nEND\r\n",
        b"STAT " + b"x" * 3000,
        b"STAT " + b"x" * 3000 + b"\r\nEND\r\n",
        b"STAT a 1\r\n" * 1500 + b"END\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_other_protocols_are_not_memcached(answer: bytes) -> None:
    assert ask("memcached", Question("stats"), answer).ended is Ending.GARBLED
