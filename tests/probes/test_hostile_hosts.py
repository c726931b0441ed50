"""No host, however it behaves, takes more of us than a deadline of time and a cap of bytes."""

from __future__ import annotations

import asyncio
import gzip
import struct

import pytest

from leakguard.checks.protocols import PROTOCOLS
from leakguard.models.observations import Ending, Reply
from leakguard.probes.timeouts import Timeouts
from support.hostile import Script, banner, drips, http_answer, pours, reset, says, serving, silence
from support.hostile_questions import ANSWERING as FIRST
from support.hostile_questions import GREETING
from support.probing import Probing, Question, run, waited

pytestmark = [pytest.mark.untraced, pytest.mark.enable_socket]

CAP = 64 * 1024
MARGIN = 0.15
"""Seconds that we may wait for a host beside the time that it is given for one question: some are asked another one."""
KINDS = sorted(FIRST)


def test_every_protocol_is_put_to_hostile_hosts_here_or_among_those_that_greet() -> None:
    """Those that are spoken for buckets and backends of ours alone are asked over HTTP, as S3 is."""
    at_places = {kind for kind, one in PROTOCOLS.items() if not one.for_buckets and not one.for_backends}
    assert set(FIRST) | set(GREETING) == at_places


BUCKETS = {"buckets": ("ours",)}


def ask(script: Script, kind: str, timeouts: Timeouts | None = None) -> tuple[Reply, float, Probing]:
    """The reply to the first question of `kind`, and the seconds for which the host was waited for."""

    async def work() -> tuple[Reply, float, Probing]:
        probing = Probing() if timeouts is None else Probing(timeouts=timeouts)
        async with serving(script) as host:
            began = waited()
            [reply] = await probing.ask(host.endpoint(**BUCKETS), kind, FIRST[kind])
            return reply, waited() - began, probing

    return run(work())


@pytest.mark.parametrize("kind", KINDS)
def test_silence_ends_at_the_deadline(kind: str) -> None:
    reply, seconds, _ = ask(silence(), kind)

    assert reply.ended is Ending.SILENT
    assert seconds < 0.5 + MARGIN


@pytest.mark.parametrize("kind", KINDS)
def test_a_drip_of_bytes_buys_no_time(kind: str) -> None:
    starts = {
        "redis": b"+", "memcached": b"S", "mongodb": b"\x00", "postgres": b"N", "clickhouse": b"\x00\x7f",
        "cql": b"\x84", "kafka": b"\x00", "ldap": b"\x30\x84", "nbd": b"NBDMAGIC", "nfs": b"\x80",
        "openwire": b"\x00", "smb": b"\x00", "iscsi": b"\x23", "dicom": b"\x02\x00", "modbus": b"LG", "opcua": b"ACKF",
    }  # fmt: skip

    reply, seconds, _ = ask(drips(starts.get(kind, b"HTTP/1.1 200 OK\r\n")), kind)

    assert reply.ended in (Ending.SILENT, Ending.GARBLED)
    assert seconds < 0.5 + MARGIN


@pytest.mark.parametrize("kind", ["http", "s3", "webroot"])
def test_an_endless_body_is_cut_at_the_cap(kind: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    reply, seconds, _ = ask(pours(head, b"2000\r\n" + b"x" * 0x2000 + b"\r\n"), kind)

    assert reply.ended is (Ending.GARBLED if kind == "s3" else Ending.CAPPED), "of S3 it is the wrong beginning as well"
    assert reply.size_bytes <= (256 * 1024 if kind == "webroot" else CAP)
    assert seconds < 0.5 + MARGIN


def test_an_announcement_of_ten_gigabytes_is_cut_at_the_cap() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"

    reply, _, _ = ask(pours(head, b"x" * 65536), "http")

    assert reply.ended is Ending.CAPPED
    assert reply.size_bytes == CAP
    assert len(reply.body) == CAP - len(head)


@pytest.mark.parametrize("piece", [b"X-Flood: 1\r\n", b"x" * 4096, b"a:" + b"b" * 500 + b"\r\n"])
def test_a_flood_of_headers_is_cut(piece: bytes) -> None:
    reply, seconds, _ = ask(pours(b"HTTP/1.1 200 OK\r\n", piece * 100), "http")

    assert reply.ended in (Ending.CAPPED, Ending.GARBLED)
    assert reply.size_bytes <= CAP
    assert seconds < 0.5 + MARGIN


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"HTTP/9.9 banana\r\n\r\n",
        b"\xff\xfe\x00\x01\x02 garbage \x80\x81",
    ],
)
def test_broken_http_is_garbled(answer: bytes) -> None:
    reply, _, _ = ask(says(answer, then="stay"), "http")

    assert reply.ended is Ending.GARBLED


@pytest.mark.parametrize("stated", [b"-5", b"99999999999999999999999", b"1e3", b""])
def test_a_length_that_is_none_leaves_the_end_to_the_host(stated: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\nabc" % stated
    closed, stays = (ask(says(answer, then=then), "http")[0] for then in ("close", "stay"))

    assert (closed.ended, closed.body) == (Ending.COMPLETE, b"abc")
    assert stays.ended is Ending.SILENT


def test_a_body_shorter_than_announced_is_closed_not_complete() -> None:
    reply, _, _ = ask(says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc"), "http")

    assert (reply.ended, reply.status, reply.body) == (Ending.CLOSED, 200, b"abc")


def test_a_body_longer_than_announced_ends_where_announced() -> None:
    reply, _, _ = ask(says(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefgh", then="stay"), "http")

    assert (reply.ended, reply.body) == (Ending.COMPLETE, b"abc")


def test_invalid_utf8_travels_as_bytes_and_header_text() -> None:
    reply, _, _ = ask(says(http_answer(b"\xff\xfe\xfd", headers="X-Odd: caf\xe9\r\n")), "http")

    assert reply.body == b"\xff\xfe\xfd"
    assert "x-odd" in reply.headers


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc", b"HTTP/1.1 200 OK\r\nContent-Le"]
)
def test_a_reset_in_the_middle_is_told_as_such(start: bytes) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: object) -> None:
        await reader.read(1000)
        writer.write(start)
        await writer.drain()
        await asyncio.sleep(0.05)
        reset(writer)

    reply, _, _ = ask(script, "http")

    assert reply.ended is Ending.RESET


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "words",
    [b"SSH-2.0-OpenSSH_9.2p1\r\n", b"220 mail.example.org ESMTP\r\n", b"J\x00\x00\x00\x0a5.5.5-10.11.19-MariaDB\x00"],
)
def test_a_banner_of_another_protocol_is_garbled(kind: str, words: bytes) -> None:
    reply, seconds, _ = ask(banner(words), kind)

    assert reply.ended in (Ending.GARBLED, Ending.SILENT)
    assert seconds < 0.5 + MARGIN


@pytest.mark.parametrize("kind", KINDS)
def test_a_banner_that_never_ends_is_cut(kind: str) -> None:
    async def script(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: object) -> None:
        while True:
            writer.write(b"+" * 65536)
            await writer.drain()

    reply, seconds, _ = ask(script, kind)

    assert reply.ended is not Ending.COMPLETE
    assert reply.size_bytes <= 4 * CAP
    assert seconds < 0.5 + MARGIN


@pytest.mark.parametrize("kind", KINDS)
def test_garbage_that_looks_like_tls_is_no_answer(kind: str) -> None:
    reply, seconds, _ = ask(says(b"\x15\x03\x03\x00\x02\x02\x46" + b"\x16\x03\x01\xff\xff" * 50), kind)

    assert reply.ended is not Ending.COMPLETE
    assert seconds < 0.5 + MARGIN


@pytest.mark.parametrize(
    "where", ["http://127.0.0.2:{port}/", "https://example.org/", "//127.0.0.1:{port}/other", "/other"]
)
def test_a_redirect_is_told_and_never_followed(where: str) -> None:
    async def work() -> None:
        probing = Probing()
        async with serving(says(http_answer(b"", status="302 Found", headers=f"Location: {where}\r\n"))) as host:
            [reply] = await probing.ask(host.endpoint(), "http", FIRST["http"])

        assert (reply.status, reply.headers["location"]) == (302, where)
        assert (probing.connects, len(probing.said)) == (1, 1)

    run(work())


def test_compression_that_nobody_asked_for_and_that_unpacks_to_too_much_is_not_read() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)

    reply, _, probing = ask(says(http_answer(bomb, headers="Content-Encoding: gzip\r\n")), "http")

    assert (reply.ended, reply.body, reply.began) == (Ending.GARBLED, b"", True)
    assert b"accept-encoding" not in b"".join(probing.said).lower()


def mongo_answer(document: bytes, length: int | None = None) -> bytes:
    body = struct.pack("<i", 0) + b"\x00" + document
    return struct.pack("<iiii", 16 + len(body) if length is None else length, 1, 1, 2013) + body


def deep_bson(levels: int) -> bytes:
    document = b"\x05\x00\x00\x00\x00"
    for _ in range(levels):
        body = b"\x03a\x00" + document + b"\x00"
        document = struct.pack("<i", len(body) + 4) + body
    return document


@pytest.mark.parametrize(
    "answer",
    [
        mongo_answer(deep_bson(5000)),
        mongo_answer(b"\xff\xff\xff\x7f\x00"),
        mongo_answer(b"\x0d\x00\x00\x00\x02a\x00\xff\xff\xff\x7fx\x00"),
        mongo_answer(b"\x05\x00\x00\x00\x00", length=2**31 - 1),
        mongo_answer(b"\x05\x00\x00\x00\x00", length=-1),
        mongo_answer(b"\x05\x00\x00\x00\x00", length=16),
    ],
)
def test_lying_bson_is_garbled(answer: bytes) -> None:
    reply, seconds, _ = ask(says(answer, answer, then="stay"), "mongodb")

    assert reply.ended is Ending.GARBLED
    assert seconds < 0.5 + MARGIN


@pytest.mark.parametrize("length", [b"1152921504606846976", b"-1", b"99999999999999999999999999", b"x"])
def test_an_impossible_redis_length_is_garbled(length: bytes) -> None:
    reply, _, _ = ask(says(b"$" + length + b"\r\n", then="stay"), "redis")

    assert reply.ended is Ending.GARBLED


def test_a_redis_text_beyond_the_cap_is_capped() -> None:
    reply, _, _ = ask(pours(b"$400000000\r\n", b"x" * 65536), "redis")

    assert (reply.ended, reply.size_bytes, reply.document) == (Ending.CAPPED, CAP, None)


@pytest.mark.parametrize("length", [b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00"])
def test_an_impossible_postgres_length_is_garbled(length: bytes) -> None:
    reply, _, _ = ask(says(b"N", b"R" + length, then="stay"), "postgres")

    assert reply.ended is Ending.GARBLED


ENTITIES = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "page",
    [
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{ENTITIES}]><Error><Code>&l9;</Code></Error>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Error><Code>&x;</Code></Error>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><Error><Code>A</Code></Error>',
        "<Error>" + "<a>" * 5000,
        "<Error><Code>AccessDenied</Code>",
        "<html><body>403</body></html>",
    ],
)
def test_hostile_xml_is_garbled(page: str) -> None:
    reply, seconds, _ = ask(says(http_answer(page.encode())), "s3")

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)
    assert seconds < 0.5 + MARGIN


def test_a_target_has_one_deadline_for_all_its_requests() -> None:
    """Ten silent answers of half a second each would be five seconds; the target's time is one."""

    async def work() -> None:
        probing = Probing(timeouts=Timeouts(connect=0.5, request=0.4, target=0.9))
        async with serving(silence()) as host:
            began = waited()
            questions = [Question("GET", f"/{number}") for number in range(10)]
            replies = await probing.ask(host.endpoint(), "http", *questions)

        assert waited() - began < 0.9 + MARGIN
        assert [reply.ended for reply in replies[:2]] == [Ending.SILENT, Ending.SILENT]
        assert replies[-1].ended is Ending.SPENT

    run(work())


def test_a_head_without_an_end_is_cut_even_where_a_large_body_is_welcome() -> None:
    async def work() -> Reply:
        async with serving(pours(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 8192)) as host:
            [reply] = await Probing().ask(host.endpoint(), "http", Question("GET", "/", cap_bytes=8 * 1024 * 1024))
            return reply

    reply = run(work())

    assert (reply.ended, reply.began) == (Ending.GARBLED, True)
    assert reply.size_bytes < 512 * 1024
