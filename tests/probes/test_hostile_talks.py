"""The protocols of greetings, packets and lines, against every other protocol, silence and rubbish."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.formats.reading import Garbled, Reader
from leakguard.probes.protocols.ftp import reader as ftp
from leakguard.probes.protocols.mqtt import reader as mqtt
from leakguard.probes.protocols.mqtt.gate import TOPICS
from leakguard.probes.protocols.mysql import reader as mysql
from leakguard.probes.protocols.nats import reader as nats
from leakguard.probes.protocols.rsync import reader as rsync
from leakguard.probes.protocols.zookeeper import reader as zookeeper
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import tls
from leakguard.probes.wire.gates import recognised
from support.certificates import server_context
from support.hostile import Script, banner, drips, http_answer, pours, says, serving, silence
from support.hostile_questions import GREETING as SIZES
from support.probing import Probing, Question, run, waited
from support.reading import read_out
from support.talks import recorded, talks

pytestmark = pytest.mark.untraced

MARGIN = 0.15
"""Seconds that we may wait for a host beside the time that it is given for one question: some are asked another one."""
SHORT = Timeouts(connect=0.5, request=0.1, target=0.3)
KINDS = sorted(SIZES)
WORDS = {
    "SSH": b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "SMTP": b"220 mail.example.org ESMTP\r\n",
    "POP3": b"+OK ready\r\n",
    "IMAP": b"* OK IMAP4rev1 ready\r\n",
    "HTTP": http_answer(b"<html>"),
    "TLS": b"\x15\x03\x03\x00\x02\x02\x46" + b"\x16\x03\x01\xff\xff" * 50,
    "zeros": b"\0" * 4096,
    "ones": b"\xff" * 4096,
    "MySQL": recorded("mariadb-10.11.19-open")["greeting"],
    "NATS": recorded("nats-2.9.10-open")["greeting"],
    "rsync": recorded("rsync-3.5.0-open")["greeting"],
    "FTP": recorded("vsftpd-3.0.3-open")["greeting"],
    "MQTT": recorded("mosquitto-2.0.11-open")["connect"],
    "ZooKeeper": recorded("zookeeper-3.8.0-open")["connect"],
}
OWN = {"ftp": "FTP", "mqtt": "MQTT", "mysql": "MySQL", "nats": "NATS", "rsync": "rsync", "zookeeper": "ZooKeeper"}


def ask(script: Script, kind: str, timeouts: Timeouts | None = None) -> tuple[Reply, float, Probing]:
    """The reply to the largest question of `kind`, and the seconds for which the host was waited for."""

    async def work() -> tuple[Reply, float, Probing]:
        probing = Probing() if timeouts is None else Probing(timeouts=timeouts)
        async with serving(script) as host:
            began = waited()
            [reply] = await probing.ask(host.endpoint(), kind, SIZES[kind])
            return reply, waited() - began, probing

    return run(work())


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", KINDS)
def test_silence_ends_at_the_deadline(kind: str) -> None:
    reply, seconds, _ = ask(silence(), kind)

    assert reply.ended is Ending.SILENT
    assert seconds < 0.5 + MARGIN


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", sorted(WORDS))
@pytest.mark.parametrize("speaks_first", [True, False])
def test_another_protocol_is_no_answer(kind: str, words: str, *, speaks_first: bool) -> None:
    """Whether it greets or answers, whatever we say to it; our own protocol's first words alone are none either."""
    said = WORDS[words]
    reply, seconds, probing = ask(banner(said) if speaks_first else says(said, then="stay"), kind, SHORT)

    assert reply.ended is not Ending.COMPLETE
    assert seconds < 0.3 + MARGIN
    if words != OWN[kind]:
        assert reply.ended in (Ending.GARBLED, Ending.SILENT)
        assert len(probing.said) <= 1


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", KINDS)
def test_a_drip_of_bytes_buys_no_time(kind: str) -> None:
    starts = {"mqtt": b"\x20\x82\x01", "zookeeper": b"\x00", "rsync": b"@RSYNCD: 32.0 "}

    reply, seconds, _ = ask(drips(starts.get(kind, b"x")), kind)

    assert reply.ended in (Ending.SILENT, Ending.GARBLED)
    assert seconds < 0.5 + MARGIN


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("piece", [b"+" * 65536, b"220-x\r\n" * 9000, b"\x01\0\0\0\x0a" * 9000, b"\x31\x02\0\0" * 9000])
def test_a_host_that_never_ends_is_cut(kind: str, piece: bytes) -> None:
    async def script(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: object) -> None:
        while True:
            writer.write(piece)
            await writer.drain()

    for each in (script, pours(b"", piece)):
        reply, seconds, _ = ask(each, kind)

        assert reply.ended is not Ending.COMPLETE
        assert reply.size_bytes <= 64 * 1024
        assert seconds < 0.5 + MARGIN


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", KINDS)
def test_a_target_has_one_deadline_for_all_that_is_said(kind: str) -> None:
    """A host that answers everything but the last word cannot add up the waits."""
    greetings = {"ftp": b"220 x\r\n", "mysql": WORDS["MySQL"], "nats": WORDS["NATS"]}
    table = {
        b"USER": b"331 x\r\n", b"AUTH": b"502 x\r\n", b"leakguardprobe": WORDS["MQTT"],
        b"\x0f\xa0": WORDS["ZooKeeper"],
    }  # fmt: skip

    reply, seconds, _ = ask(
        talks(table, greeting=greetings.get(kind, b"")), kind, Timeouts(connect=0.5, request=0.4, target=0.6)
    )

    assert reply.ended is Ending.SILENT
    assert seconds < 0.6 + MARGIN


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", ["ftp", "mysql", "nats"])
def test_no_talk_begins_when_the_time_is_over(kind: str) -> None:
    async def work() -> list[Reply]:
        probing = Probing(timeouts=Timeouts(connect=0.2, request=0.2, target=0.1))
        first = {"ftp": "login", "mysql": "login", "nats": "connect"}[kind]
        questions = [Question(first, str(number)) for number in range(2)]
        async with serving(silence()) as host:
            return await probing.ask(host.endpoint(), kind, *questions)

    assert [reply.ended for reply in run(work())] == [Ending.SILENT, Ending.SPENT]


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("kind", "scheme", "greeting", "answer"),
    [
        ("ftp", "ftps", b"220 x\r\n", {b"USER": b"530 no\r\n"}),
        ("nats", "tls", WORDS["NATS"], {b"PING": b"PONG\r\n"}),
    ],
)
def test_a_host_that_greets_in_tls_is_met_there(
    tmp_path: Path, kind: str, scheme: str, greeting: bytes, answer: dict[bytes, bytes | None]
) -> None:
    """FTPS on its own port, and NATS with `handshake_first`."""
    tls.context.cache_clear()

    async def work() -> tuple[Reply, Any]:
        async with serving(talks(answer, greeting=greeting), tls=server_context(tmp_path)) as host:
            session = Probing().open(host.endpoint(scheme=scheme), kind)
            reply = await session.ask(Question({"ftp": "login", "nats": "connect"}[kind]))
            await session.close()
            return reply, session

    reply, session = run(work())

    assert reply.document[{"ftp": "code", "nats": "pong"}[kind]] in (530, True)
    assert (session.transport, session.tls.subject) == ("tls", "CN=lab.example.org")


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", ["ftp", "nats"])
def test_a_host_that_is_taken_for_tls_and_speaks_none_is_no_answer(kind: str) -> None:
    async def work() -> Reply:
        async with serving(banner(b"220 x\r\n")) as host:
            [reply] = await Probing().ask(host.endpoint(scheme="tls"), kind, SIZES[kind])
            return reply

    reply = run(work())

    assert reply.ended is not Ending.COMPLETE
    assert reply.document is None


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_port_is_refused(kind: str) -> None:
    async def work() -> Reply:
        async with serving(silence()) as host:
            endpoint = Endpoint(address="127.0.0.1", port=host.port)
        [reply] = await Probing().ask(endpoint, kind, SIZES[kind])
        return reply

    assert run(work()).ended is Ending.REFUSED


def test_the_first_words_of_each_server_tell_its_protocol() -> None:
    """ZooKeeper and MQTT wait to be spoken to; a mail server greets with FTP's digits."""
    greets = {"MySQL": "mysql", "NATS": "nats", "rsync": "rsync", "FTP": "ftp"}

    for words in ("MySQL", "NATS", "rsync", "FTP", "SMTP", "MQTT", "ZooKeeper", "SSH", "zeros", "ones"):
        mine = [kind for kind in recognised(WORDS[words]) if kind in KINDS]
        assert mine == ([greets[words]] if words in greets else [])


@pytest.mark.parametrize(
    ("words", "kind"),
    [(b"-ERR 'Unknown Protocol Operation'\r\n", "nats"), (b"E\0\0\0\xffj\x04Host 'x' is not allowed", "mysql")],
)
def test_a_complaint_tells_the_protocol_as_well(words: bytes, kind: str) -> None:
    assert recognised(words) == (kind,)


READERS: list[Callable[[], Reader]] = [
    mysql.PacketsReader,
    lambda: mysql.PacketsReader(until_end=True),
    nats.info_reader,
    nats.answer_reader,
    rsync.rsync_reader,
    ftp.reply_reader,
    ftp.FolderReader,
    mqtt.connack_reader,
    mqtt.counters_reader,
    zookeeper.FrameReader,
    zookeeper.WordReader,
]
STARTS = [
    *WORDS.values(),
    *recorded("mariadb-10.11.19-open").values(),
    *recorded("zookeeper-3.8.0-protected").values(),
    *recorded("mosquitto-2.0.11-open").values(),
    recorded("rsync-3.5.0-open")["greeting"] + recorded("rsync-3.5.0-open")["list"],
    b"229 Extended (|||30000|)\r\n",
    b"227 Passive (127,0,0,1,80,80)\r\n",
    b"drwxr-xr-x    2 0        0            4096 Nov 24 19:24 pub\r\n",
    b"11-24-26  07:24PM       <DIR>          pub\r\n",
    b"+OK\r\nPONG\r\n",
]
OUTSIDE = st.one_of(
    st.binary(max_size=200),
    st.tuples(st.sampled_from(STARTS), st.binary(max_size=40)).map(b"".join),
    st.tuples(st.sampled_from(STARTS), st.integers(0, 120), st.binary(min_size=1, max_size=3)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
    ),
)


@pytest.mark.parametrize("make", READERS)
@given(data=OUTSIDE, at=st.integers(1, 120))
def test_a_reader_answers_or_says_garbled_in_whatever_pieces(make: Callable[[], Reader], data: bytes, at: int) -> None:
    """Bytes behind a whole answer are another matter, so verdicts may differ where one of them is `garbled`."""
    at_once, reader = read_out(make, [data])
    in_pieces, _ = read_out(make, [piece for piece in (data[:at], data[at:]) if piece])

    assert isinstance(reader.reusable, bool)
    assert isinstance(reader.wants_tls, bool)
    if data:
        assert at_once == in_pieces or "garbled" in (at_once, in_pieces)


@given(data=OUTSIDE)
def test_whatever_was_read_becomes_plain_values_or_garbled(data: bytes) -> None:
    """Numbers, versions and codes: nothing that is told is longer than a version."""
    told: list[object] = []
    with contextlib.suppress(Garbled):
        end, packets = read_out(mysql.PacketsReader, [data])
        greeting = packets.greeting() if end == "whole" else mysql.Greeting()
        told += [greeting.version, greeting.product, packets.error(), packets.is_ok, packets.asks]
    with contextlib.suppress(Garbled):
        _, rows = read_out(lambda: mysql.PacketsReader(until_end=True), [data])
        assert rows.row() is None or isinstance(rows.row(), list)
    with contextlib.suppress(Garbled):
        told += zookeeper.children_of(data).values()
    with contextlib.suppress(Garbled):
        _, published = read_out(mqtt.counters_reader, [data])
        told += mqtt.counters(published.packets, TOPICS).values()
    with contextlib.suppress(Garbled):
        end, lines = read_out(nats.info_reader, [data])
        told += nats.info_of(lines.lines).values() if end == "whole" else []
    word = zookeeper.WordReader()
    with contextlib.suppress(Garbled):
        word.feed(data)
    told += word.document().values()

    assert all(value is None or isinstance(value, bool | int) or len(str(value)) < 24 for value in told)


@given(data=OUTSIDE)
def test_lines_become_codes_ports_and_counts(data: bytes) -> None:
    lines = data.decode("latin-1").splitlines()
    port = ftp.waiting_port(lines, "127.0.0.1")

    assert port is None or 1024 <= port <= 65535
    assert len(rsync.module_names(lines)) <= len(lines)
    assert rsync.answer_word(lines) in (None, "OK", "AUTHREQD", "EXIT", "ERROR")
    assert set(nats.answer_of(lines).values()) <= {True, False}
    _, folder = read_out(ftp.FolderReader, [data])
    assert folder.entries <= data.count(b"\n")
    assert folder.bytes >= 0
