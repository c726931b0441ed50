"""OPC UA: whom a server's endpoints take, in its own words, and never a session."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.opcua.gate import GATE, HELLO, MOST_CHUNKS, OPEN, close, endpoints
from leakguard.probes.protocols.opcua.reader import ACKNOWLEDGED, ANSWERED, OPENED, OpcUaReader
from support.hostile import banner
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

LIST = Question("endpoints", cap_bytes=1 << 20)
NONE: dict[str, Any] = {"step": "endpoints", "error": None, "endpoints": 0, "unsecured": 0, "anonymous": 0, "open": 0}
REAL = recorded("asyncua-2.1.0-open")
NULL = struct.pack("<i", -1)
ANONYMOUS, BY_NAME = 0, 1
PLAIN, SIGNED = 1, 3


def text(value: bytes) -> bytes:
    return struct.pack("<i", len(value)) + value


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body) + 8) + body


def header(kind: int, *, status: int = 0, diagnostics: bytes = b"\0", more: bytes = b"\0\0\0") -> bytes:
    return b"\1\0" + struct.pack("<HqII", kind, 0, 2, status) + diagnostics + NULL + more


def endpoint(mode: int, *tokens: int) -> bytes:
    server = NULL * 3 + b"\3" + text(b"en") + text(b"canary") + struct.pack("<I", 0) + NULL * 2
    server += struct.pack("<i", 1) + text(b"opc.tcp://a:4840")
    ways = b"".join(text(b"id") + struct.pack("<I", each) + NULL * 3 for each in tokens)
    return (
        server
        + text(b"certificate")
        + struct.pack("<I", mode)
        + NULL
        + struct.pack("<i", len(tokens))
        + ways
        + NULL
        + b"\0"
    )


def listed(*each: bytes, length: int | None = None) -> bytes:
    return header(431) + struct.pack("<i", len(each) if length is None else length) + b"".join(each)


def piece(body: bytes, mark: bytes = b"F") -> bytes:
    return message(b"MSG" + mark, struct.pack("<4I", 7, 13, 2, 2) + body)


TWO = listed(endpoint(PLAIN, BY_NAME), endpoint(SIGNED, BY_NAME, ANONYMOUS))
ONE = listed(endpoint(PLAIN, ANONYMOUS))
ONE_IS_OPEN = {**NONE, "endpoints": 1, "unsecured": 1, "anonymous": 1, "open": 1}


def told(said: bytes) -> Any:  # noqa: ANN401  (plain values)
    """What is made of an answer to the question for the list, behind the real server's greeting and channel."""
    [reply], probing = ask(talks({HELLO: REAL["hello"], OPEN: REAL["open"], b"MSGF": said}), "opcua", LIST)
    assert probing.connects == 1
    return reply.document if reply.ended is Ending.COMPLETE else reply.ended


@pytest.mark.parametrize(("name", "anonymous"), [("asyncua-2.1.0-open", 1), ("asyncua-2.1.0-protected", 0)])
def test_a_real_server_says_whom_it_takes(name: str, anonymous: int) -> None:
    said = recorded(name)
    numbers = struct.unpack_from("<II", said["endpoints"], 8)

    [reply], probing = ask(
        talks({HELLO: said["hello"], OPEN: said["open"], endpoints(*numbers): said["endpoints"]}), "opcua", LIST
    )

    assert reply.document == {**NONE, "endpoints": 1, "unsecured": 1, "anonymous": anonymous, "open": anonymous}
    assert probing.said == [HELLO, OPEN, endpoints(*numbers), close(*numbers)]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (piece(listed()), NONE),
        (piece(TWO), {**NONE, "endpoints": 2, "unsecured": 1, "anonymous": 1}),
        (piece(ONE[:90], b"C") + piece(ONE[90:]), ONE_IS_OPEN),
        (piece(header(397, status=0x80100000)), {**NONE, "error": 0x80100000}),
        (piece(header(431, diagnostics=b"\x7f" + bytes(16) + text(b"why") + bytes(4) + b"\0") + bytes(4)), NONE),
        (message(b"ERRF", struct.pack("<I", 0x80550000) + text(b"canary")), {**NONE, "error": 0x80550000}),
    ],
)  # fmt: skip
def test_other_answers_are_what_they_are(said: bytes, wanted: object) -> None:
    assert told(said) == wanted


@pytest.mark.parametrize(
    "said",
    [
        piece(ONE[:-1]),
        piece(listed(length=501)),
        piece(listed(length=5)),
        piece(header(449)),
        piece(b"\2" + listed()[1:]),
        piece(header(431, more=b"\0\0\1") + bytes(4)),
        piece(header(431, diagnostics=b"\x40" * 9 + b"\0") + bytes(4)),
        piece(ONE, b"A"),
        piece(b"", b"C") * MOST_CHUNKS,
        b"MSGF" + struct.pack("<I", 65537),
        b"MSGF" + struct.pack("<I", 23),
        b"ACKF" + struct.pack("<I", 28) + bytes(20),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_what_makes_no_sense_is_garbled(said: bytes) -> None:
    assert told(said) is Ending.GARBLED


def test_a_server_that_refuses_the_greeting_or_the_channel_is_told_from_one_that_lists_nothing() -> None:
    refused = message(b"ERRF", struct.pack("<I", 0x80830000) + NULL)
    denied = message(b"OPNF", bytes(4) + text(b"policy") + NULL * 2 + bytes(8) + header(397, status=0x80550000))

    [at_greeting], _ = ask(talks({HELLO: refused}), "opcua", LIST)
    [at_channel], _ = ask(talks({HELLO: REAL["hello"], OPEN: denied}), "opcua", LIST)
    [gone], _ = ask(talks({HELLO: REAL["hello"], OPEN: None}), "opcua", LIST)
    [strange], _ = ask(banner(b"SSH-2.0-x\r\n"), "opcua", LIST)

    assert at_greeting.document == {**NONE, "step": "hello", "error": 0x80830000}
    assert at_channel.document == {**NONE, "step": "channel", "error": 0x80550000}
    assert (gone.ended, gone.document) == (Ending.CLOSED, None)
    assert (strange.ended, strange.document) == (Ending.GARBLED, None)


def test_an_answer_beyond_the_cap_is_cut() -> None:
    said = piece(listed(*[endpoint(PLAIN, ANONYMOUS)] * 40))

    [reply], _ = ask(
        talks({HELLO: REAL["hello"], OPEN: REAL["open"], b"MSGF": said}), "opcua", Question("endpoints", cap_bytes=1024)
    )

    assert (reply.ended, reply.document) == (Ending.CAPPED, None)


def test_no_session_can_be_made_and_nothing_be_read_or_written() -> None:
    asked = endpoints(7, 13)
    assert [GATE.carries(*each) for each in (("hello", HELLO), ("open", OPEN), ("endpoints", asked))] == [True] * 3
    for kind in range(0x10000):
        other = asked[:26] + struct.pack("<H", kind) + asked[28:]
        assert GATE.carries("endpoints", other) is (other == asked)
    for data in (asked + asked, asked[:-1], OPEN + asked, HELLO.replace(b"localhost", b"127.0.0.1"), b""):
        assert not any(GATE.carries(verb, data) for verb in sorted(GATE.verbs))


@pytest.mark.parametrize("wanted", [ACKNOWLEDGED, OPENED, ANSWERED])
@given(data=st.binary(max_size=400))
def test_no_answer_breaks_the_reader(wanted: bytes, data: bytes) -> None:
    reader = OpcUaReader(wanted)
    with contextlib.suppress(Garbled):
        if reader.feed(wanted + b"F" + struct.pack("<I", len(data) + 8) + data):
            {ACKNOWLEDGED: reader.error, OPENED: reader.channel, ANSWERED: reader.endpoints}[wanted]()
