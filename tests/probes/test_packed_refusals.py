"""A refusal that is compressed: its words tell an open server from one that wants a login."""

from __future__ import annotations

import gzip
from asyncio import StreamReader, StreamWriter

import pytest

from leakguard.engine.examination import EndpointStatus
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending
from support.hostile import Host, read_some
from support.odd_answers import asked, examined
from support.odd_heads import answer

pytestmark = pytest.mark.enable_socket

REFUSED = b"HTTP/1.1 401 Unauthorized"
WANTS_A_NAME = b"Basic authentication or X-Trino-User must be sent"


def test_a_packed_refusal_is_read() -> None:
    reply = asked(answer(gzip.compress(WANTS_A_NAME), b"Content-Encoding: gzip", line=REFUSED))

    assert (reply.ended, reply.status, reply.body) == (Ending.COMPLETE, 401, WANTS_A_NAME)


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(WANTS_A_NAME)[:-9] + b"\x00" * 9, b"gzip"),
        (gzip.compress(b" " * 200_000), b"gzip"),
        (b"\x8b\x01\x80words\x03", b"br"),
    ],
    ids=["broken", "too large", "of a coding that was not asked for"],
)
def test_a_refusal_that_cannot_be_unpacked_is_a_refusal_without_words(body: bytes, coding: bytes) -> None:
    reply = asked(answer(body, b"Content-Encoding: " + coding, line=REFUSED))

    assert (reply.ended, reply.status, reply.body) == (Ending.COMPLETE, 401, b"")


def test_a_part_of_a_packed_body_is_left_as_it_came() -> None:
    part = gzip.compress(WANTS_A_NAME)[5:]
    reply = asked(answer(part, b"Content-Encoding: gzip", line=b"HTTP/1.1 206 Partial Content"))

    assert (reply.ended, reply.body) == (Ending.COMPLETE, part)


def test_an_open_trino_whose_refusals_are_packed_is_exposed() -> None:
    """It takes any name of a user and says so in a refusal; a proxy in front of it packs what it sends."""
    said = {
        b"/": answer(b"", b"Location: http://127.0.0.1:8080/ui/", line=b"HTTP/1.1 303 See Other"),
        b"/v1/info": answer(b'{"nodeVersion": {"version": "435"}}'),
        b"/v1/query": answer(gzip.compress(WANTS_A_NAME), b"Content-Encoding: gzip", line=REFUSED),
    }

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        path = (await read_some(reader, host)).partition(b" ")[2].partition(b" ")[0]
        writer.write(said.get(path, answer(b"{}", line=b"HTTP/1.1 404 Not Found")))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    found = examined(script)

    assert found.status is EndpointStatus.EXPOSED
    assert [each.check_id for each in found.findings if each.verdict.outcome is Outcome.EXPOSED] == ["trino_open"]
