"""PostgreSQL: trust is proven by a user that cannot exist; sizes are asked only then, and no password ever leaves."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from pathlib import Path
from typing import Any

import pytest

from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.postgres.reader import Message, MessagesReader
from leakguard.probes.protocols.postgres.ssl_reader import SslReader
from leakguard.probes.wire import tls
from support.certificates import server_context
from support.hostile import Host, Script, read_some, serving
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

STARTUP, SIZES = Question("startup"), Question("sizes")
UNKNOWN = dict.fromkeys(("databases", "bytes", "tables", "rows_estimate", "version"))


def message(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack(">i", len(payload) + 4) + payload


def auth(code: int) -> bytes:
    return message(b"R", struct.pack(">i", code))


def error(sqlstate: bytes) -> bytes:
    return message(b"E", b"SFATAL\0C" + sqlstate + b"\0Mcanary secret text\0\0")


def row(*values: bytes | None) -> bytes:
    cells = b"".join(b"\xff" * 4 if value is None else struct.pack(">i", len(value)) + value for value in values)
    return message(b"D", struct.pack(">h", len(values)) + cells)


READY = message(b"S", b"server_version\x0015.18\0") + message(b"K", b"12345678") + message(b"Z", b"I")
TRUST = auth(0) + error(b"28000")


def server(startups: list[bytes], *, query: bytes = b"", offer: bytes = b"N") -> Script:
    """Answers the request for TLS with `offer`, and start-ups in turn; the last one again and again."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            if asked[4:8] == b"\x04\xd2\x16\x2f":
                writer.write(offer)
            elif asked[:1] == b"Q":
                writer.write(query)
            elif asked[:1] == b"X":
                return
            else:
                writer.write(startups.pop(0) if len(startups) > 1 else startups[0])
            await writer.drain()

    return script


def ask(script: Script, *questions: Question) -> tuple[list[Reply], Probing]:
    async def work() -> tuple[list[Reply], Probing]:
        probing = Probing()
        async with serving(script) as host:
            return await probing.ask(host.endpoint(), "postgres", *questions), probing

    return run(work())


@pytest.mark.parametrize(
    ("said", "code", "sqlstate"),
    [
        (TRUST, 0, "28000"),
        (auth(0) + READY, 0, None),
        (auth(3), 3, None),
        (auth(5) + b"salt", 5, None),
        (auth(10), 10, None),
        (error(b"28000"), None, "28000"),
        (error(b"53300"), None, "53300"),
        (message(b"E", b"Sno state\0\0"), None, None),
    ],
)
def test_a_start_tells_what_the_server_demands(said: bytes, code: int | None, sqlstate: str | None) -> None:
    [reply], probing = ask(server([said]), STARTUP)

    assert reply.document == {
        "auth": code,
        "sqlstate": sqlstate,
        "refused": b"SFATAL" in said or b"Sno" in said,
        "ssl": False,
    }
    assert b"canary" not in repr(reply).encode()
    assert b"leakguard-no-such-user" in probing.said[1]


@pytest.mark.parametrize(("plain", "code"), [(auth(0) + READY, 0), (auth(5) + b"salt", 5)])
def test_a_pooler_that_begins_no_reading_session_is_asked_for_a_plain_one_and_no_question(
    plain: bytes, code: int
) -> None:
    """PgBouncer 1.18 refuses every parameter that it does not know, before it asks for a login."""
    [first, sizes], probing = ask(server([error(b"08P01"), plain]), STARTUP, SIZES)

    assert (first.document["auth"], first.document["sqlstate"]) == (code, None)
    assert sizes.document == UNKNOWN | {"trust": code == 0, "role_missing": False if code == 0 else None}
    starts = [said for said in probing.said if b"user\0" in said]
    assert [b"read_only" in said for said in starts] == [True, *[False] * (len(starts) - 1)]
    assert not [said for said in probing.said if said[:1] == b"Q"]


def test_a_pooler_that_refuses_a_plain_session_too_is_asked_no_third_time() -> None:
    [reply], probing = ask(server([error(b"08P01")]), STARTUP)

    assert (reply.document["auth"], reply.document["sqlstate"]) == (None, "08P01")
    assert len([said for said in probing.said if b"user\0" in said]) == 2


def test_sizes_are_read_from_the_catalogue_once_trust_is_proven() -> None:
    counted = row(b"3", b"8400000000000", b"12", b"9500000000", b"15.18 (Debian 15.18-0+deb12u1)") + message(b"Z", b"I")

    [first, sizes], probing = ask(server([TRUST, auth(0) + READY], query=counted), STARTUP, SIZES)

    assert first.document["auth"] == 0
    assert sizes.document == {
        "databases": 3,
        "bytes": 8_400_000_000_000,
        "tables": 12,
        "rows_estimate": 9_500_000_000,
        "version": "15.18",
        "trust": True,
        "role_missing": False,
    }
    assert probing.said[-1] == b"X\x00\x00\x00\x04"
    assert b"default_transaction_read_only\x00on" in b"".join(probing.said)


def test_sizes_prove_trust_first_when_nobody_has() -> None:
    counted = row(b"1", b"2", b"3", b"4", b"16.1") + message(b"Z", b"I")

    [sizes], probing = ask(server([TRUST, auth(0) + READY], query=counted), SIZES)

    assert sizes.document["bytes"] == 2
    users = [said.split(b"\0")[5] for said in probing.said if b"user\0" in said]
    assert len(users) == 2


@pytest.mark.parametrize("code", [3, 5, 10])
def test_no_session_as_postgres_is_tried_where_a_password_is_asked(code: int) -> None:
    [sizes], probing = ask(server([auth(code)]), SIZES)

    assert sizes.document == {**UNKNOWN, "trust": False, "role_missing": None}
    assert not [said for said in probing.said if b"user\0postgres" in said]


@pytest.mark.parametrize(
    ("second", "missing"), [(auth(0) + error(b"28000"), True), (auth(10), False), (auth(0) + error(b"3D000"), False)]
)
def test_sizes_stay_unknown_without_the_role_or_with_a_password(second: bytes, *, missing: bool) -> None:
    [sizes], probing = ask(server([TRUST, second]), SIZES)

    assert sizes.document == {**UNKNOWN, "trust": True, "role_missing": missing}
    assert not [said for said in probing.said if said[:1] in (b"Q", b"p")]


@pytest.mark.parametrize(
    "answer",
    [
        error(b"42501") + message(b"Z", b"I"),
        row(b"1", b"2") + message(b"Z", b"I"),
        message(b"D", b"\x00\x05\x00\x00") + message(b"Z", b"I"),
        message(b"D", b"\x7f\xff") + message(b"Z", b"I"),
        b"",
    ],
)
def test_a_catalogue_that_does_not_answer_leaves_sizes_unknown(answer: bytes) -> None:
    [sizes], _ = ask(server([TRUST, auth(0) + READY], query=answer), SIZES)

    assert sizes.document == {**UNKNOWN, "trust": True, "role_missing": False}


def test_values_that_are_no_numbers_stay_unknown() -> None:
    counted = row(b"x", None, b"-5", b"9" * 30, None) + message(b"Z", b"I")

    [sizes], _ = ask(server([TRUST, auth(0) + READY], query=counted), SIZES)

    assert {name: sizes.document[name] for name in UNKNOWN} == UNKNOWN


def test_a_server_too_busy_for_tls_is_asked_in_plain_text() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        asked = await read_some(reader, host)
        is_ssl = asked[4:8] == b"\x04\xd2\x16\x2f"
        writer.write(error(b"53300") if is_ssl else TRUST)
        await writer.drain()

    [reply], _ = ask(script, STARTUP)

    assert reply.document["auth"] == 0


@pytest.mark.parametrize("offer", [b"NR", b"Sstuffed bytes"])
def test_bytes_behind_the_answer_to_the_request_for_tls_end_it(offer: bytes) -> None:
    """What came before TLS began was not protected by it (CVE-2021-23222)."""
    [reply], _ = ask(server([TRUST], offer=offer), STARTUP)

    assert reply.ended is Ending.GARBLED


@pytest.mark.parametrize("offer", [b"H", b"\x15\x03\x01", b"220 mail\r\n"])
def test_another_protocol_is_not_postgres(offer: bytes) -> None:
    [startup, sizes], _ = ask(server([TRUST], offer=offer), STARTUP, SIZES)

    assert startup.ended is Ending.GARBLED
    assert sizes.document["trust"] is not True


@pytest.mark.parametrize("payload", [b"", b"\0", b"\0\0\0"])
def test_a_cut_demand_is_garbled(payload: bytes) -> None:
    [reply], _ = ask(server([message(b"R", payload)]), STARTUP)

    assert reply.ended is Ending.GARBLED


def upgrading(context: ssl.SSLContext, startup: bytes) -> Script:
    """A server that takes TLS inside its protocol."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(b"S")
        await writer.drain()
        await writer.start_tls(context)
        await read_some(reader, host)
        writer.write(startup)
        await writer.drain()
        await asyncio.sleep(5)

    return script


def test_tls_is_taken_where_it_is_offered(tmp_path: Path) -> None:
    tls.context.cache_clear()

    async def work() -> tuple[Reply, Any]:
        probing = Probing()
        async with serving(upgrading(server_context(tmp_path), TRUST)) as host:
            session = probing.open(host.endpoint(), "postgres")
            reply = await session.ask(STARTUP)
            await session.close()
            return reply, session

    reply, session = run(work())

    assert reply.document == {"auth": 0, "sqlstate": "28000", "refused": True, "ssl": True}
    assert (session.transport, session.tls.subject, session.tls.verified) == ("tls", "CN=lab.example.org", False)


def test_tls_that_is_offered_and_fails_leaves_plain_text() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        asked = await read_some(reader, host)
        if asked[4:8] == b"\x04\xd2\x16\x2f":
            writer.write(b"S")
            await writer.drain()
            await read_some(reader, host)
            writer.write(b"this is not TLS at all")
        else:
            writer.write(TRUST)
        await writer.drain()

    [reply], _ = ask(script, STARTUP)

    assert reply.document == {"auth": 0, "sqlstate": "28000", "refused": True, "ssl": False}


def test_a_closed_port_is_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = Endpoint(address="127.0.0.1", port=free.getsockname()[1])

    [reply] = run(Probing().ask(endpoint, "postgres", STARTUP))

    assert reply.ended is Ending.REFUSED


def test_a_message_is_a_letter_and_a_payload() -> None:
    assert Message("R", b"\0\0\0\0").kind == "R"


def test_a_message_in_pieces_is_waited_for() -> None:
    reader = MessagesReader()
    whole = auth(10)

    assert [reader.feed(bytes((byte,))) for byte in whole] == [False] * (len(whole) - 1) + [True]


@pytest.mark.parametrize("said", [b"", auth(0)])
def test_a_host_that_closes_has_answered_what_it_said(said: bytes) -> None:
    reader = MessagesReader()
    reader.feed(said)

    assert reader.at_end() is bool(said)
    assert not SslReader().at_end()


def test_messages_without_an_end_are_garbled() -> None:
    """A notice of five bytes is a message too."""
    with pytest.raises(Garbled, match="too many"):
        MessagesReader().feed(b"N\0\0\0\4" * 1001)
