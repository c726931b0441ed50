"""NATS: a ping without a login is answered or refused; what the server says of itself decides nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from leakguard.models.observations import Ending, Reply
from leakguard.probes.protocols.nats.gate import CONNECT
from leakguard.probes.protocols.nats.reader import answer_of
from leakguard.probes.wire import tls
from support.certificates import server_context
from support.hostile import Host, read_some, serving
from support.probing import PATIENT, Probing, Question, run
from support.talks import ask, recorded, talks, talks_and_leaves

pytestmark = pytest.mark.enable_socket

QUESTION = Question("connect")
CANARY = "Invented-Person-4711"
SAID = {"version": "2.9.10", "tls_required": False, "jetstream": False}


def info(**more: object) -> bytes:
    told = {"server_id": CANARY, "server_name": CANARY, "version": "2.10.4", "max_payload": 1048576, **more}
    return f"INFO {json.dumps(told)}\r\n".encode()


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("open", {**SAID, "auth_required": False, "pong": True, "login": False, "error": False}),
        ("protected", {**SAID, "auth_required": True, "pong": False, "login": True, "error": True}),
    ],
)
def test_a_real_nats_lets_anybody_in_or_asks_for_a_login(name: str, document: dict[str, Any]) -> None:
    said = recorded(f"nats-2.9.10-{name}")

    [reply], probing = ask(talks_and_leaves({b"PING": said["connect"]}, greeting=said["greeting"]), "nats", QUESTION)

    assert reply.document == document
    assert probing.said == [CONNECT]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"PONG\r\n", (True, False, False)),
        (b"+OK\r\nPONG\r\n", (True, False, False)),
        (info(lame=1) + b"PING\r\nPONG\r\n", (True, False, False)),
        (b"-ERR 'Authorization Violation'\r\n", (False, True, True)),
        (b"-ERR 'Authentication Timeout'\r\n", (False, True, True)),
        (b"-ERR 'User Authentication Expired'\r\n", (False, True, True)),
        (b"-ERR 'maximum connections exceeded'\r\n", (False, False, True)),
        (b"-ERR '" + CANARY.encode() + b"'\r\n", (False, False, True)),
    ],
)
def test_the_answer_to_a_ping_decides(answer: bytes, expected: tuple[bool, bool, bool]) -> None:
    """`auth_required` is said in all of these: with `no_auth_user` a server says it and lets anybody in."""
    [reply], _ = ask(talks({b"PING": answer}, greeting=info(auth_required=True)), "nats", QUESTION)

    assert (reply.document["pong"], reply.document["login"], reply.document["error"]) == expected
    assert reply.document["auth_required"] is True
    assert CANARY not in repr(reply)


def test_a_server_that_hangs_up_has_greeted_all_the_same() -> None:
    [reply], _ = ask(talks({b"PING": None}, greeting=info(jetstream=True)), "nats", QUESTION)

    assert reply.ended is Ending.COMPLETE
    assert reply.document == {
        "version": "2.10.4", "auth_required": False, "tls_required": False, "jetstream": True,
        "pong": False, "login": False, "error": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "told"), [("2.11.0-preview.2", "2.11.0"), ("v2", None), (f"{CANARY} 2.1", None), ("2.1" * 4000, None)]
)
def test_a_version_is_numbers_alone(version: str, told: str | None) -> None:
    [reply], _ = ask(talks({b"PING": b"PONG\r\n"}, greeting=info(version=version)), "nats", QUESTION)

    assert (reply.document or {"version": None})["version"] == told
    assert CANARY not in repr(reply)


@pytest.mark.parametrize(
    "greeting",
    [
        b"INFO {\r\n",
        b'INFO {"version": 2, "max_payload": 1}\r\n',
        b'INFO {"version": "2.1.0"}\r\n',
        b'INFO {"a":' + b"[" * 3000 + b"\r\n",
        b'INFO {"version": "2.1.0", "max_payload": 1}\r\nextra\r\n',
        b"INFO you have mail\r\n",
        b'INFO {"a": "' + b"x" * 9000,
    ],
)
def test_another_host_that_says_info_is_garbled(greeting: bytes) -> None:
    [reply], probing = ask(talks({}, greeting=greeting), "nats", QUESTION)

    assert reply.ended is Ending.GARBLED or reply.ended is Ending.CAPPED
    assert probing.said == []


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n", b"MSG secret 1 4\r\n" + CANARY.encode() + b"\r\n"])
def test_an_answer_of_another_kind_is_garbled(answer: bytes) -> None:
    [reply], _ = ask(talks({b"PING": answer}, greeting=info()), "nats", QUESTION)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)
    assert CANARY not in repr(reply)


def test_nothing_said_is_no_answer() -> None:
    assert answer_of([]) == {"pong": False, "login": False, "error": False}


def test_another_host_in_tls_is_garbled(tmp_path: Path) -> None:
    tls.context.cache_clear()

    async def work() -> Reply:
        async with serving(talks({}, greeting=b"INFO {\r\n"), tls=server_context(tmp_path)) as host:
            [reply] = await Probing().ask(host.endpoint(scheme="tls"), "nats", QUESTION)
            return reply

    assert run(work()).ended is Ending.GARBLED


def test_tls_is_spoken_where_it_is_required(tmp_path: Path) -> None:
    tls.context.cache_clear()
    context = server_context(tmp_path)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        writer.write(info(tls_required=True))
        await writer.drain()
        await writer.start_tls(context)
        await read_some(reader, host)
        writer.write(b"PONG\r\n")
        await writer.drain()
        await asyncio.sleep(5)

    async def work() -> tuple[Reply, str]:
        async with serving(script) as host:
            session = Probing(timeouts=PATIENT).open(host.endpoint(), "nats")
            reply = await session.ask(QUESTION)
            await session.close()
            return reply, session.transport

    reply, transport = run(work())

    assert (reply.document["pong"], reply.document["tls_required"], transport) == (True, True, "tls")
