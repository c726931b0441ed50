"""What a host says before or instead of an answer, and what that tells about it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from leakguard.frozen import replace
from leakguard.models.observations import Ending
from leakguard.models.targets import Approach, Endpoint
from leakguard.probes import timeouts as timeouts_module
from leakguard.probes.protocols.ftp.gate import COMMANDS as FTP
from leakguard.probes.timeouts import Timeouts, first_word
from leakguard.probes.wire.gates import GATES, recognised
from support.certificates import server_context
from support.examining import examiner_with
from support.hostile import Host, Script, answers, banner, http_answer, read_some, says, serving, silence
from support.probing import Probing, Question, run
from support.shipped import LIBRARY
from support.steady_loop import SteadyLoop
from support.talks import recorded, talks

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("each_loop")]

GET = Question("GET", "/")
MONGO = b"It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"
BRISK = Timeouts(connect=0.5, handshake=0.4, request=2.0, target=5.0, guess=0.3, greeting=0.1)
PATIENT = replace(BRISK, greeting=2.0)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (b"", ()),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", ()),
        (b"-ERR wrong number of arguments for 'get' command\r\n", ("redis",)),
        (b"-DENIED Redis is running in protected mode\r\n", ("redis",)),
        (b"ERROR\r\n", ("memcached",)),
        (b"CLIENT_ERROR unauthenticated\r\n", ("memcached",)),
        (b"HTTP/1.0 200 OK\r\n\r\n" + MONGO, ("http", "mongodb")),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", ("http",)),
        (b"Zookeeper version: 3.8.0-", ("zookeeper",)),
    ],
)
def test_first_words_tell_the_protocol(words: bytes, kinds: tuple[str, ...]) -> None:
    assert recognised(words) == kinds


def test_no_words_fit_every_protocol() -> None:
    """A protocol that takes any words for its own would be asked everywhere."""
    for protocol in GATES.values():
        assert protocol.greets is None or not protocol.greets(b"\x00\x01 nothing of anybody \xff")


async def greet(
    host: Host, approach: Approach = Approach.GUESSED, *, patience: Timeouts = BRISK
) -> tuple[bool, tuple[str, ...], Ending, int]:
    probing = Probing(timeouts=patience)
    session = probing.prober().open(host.endpoint(), "http", approach)
    try:
        spoke = await session.greeting()
        hints = session.hints
        ended = Ending.BLOCKED if spoke else (await session.ask(GET)).ended
        return spoke, hints or session.hints, ended, probing.connects
    finally:
        await session.close()


def test_a_host_that_speaks_first_is_heard_and_not_spoken_to() -> None:
    async def work() -> None:
        async with serving(banner(b"-DENIED go away\r\n")) as host:
            assert await greet(host) == (True, ("redis",), Ending.BLOCKED, 1)
            assert host.received == []

    run(work())


def in_bytes(words: bytes) -> Script:
    """A greeting that the network brings one byte at a time."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        for byte in words:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0.001)
        await read_some(reader, host)

    return script


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (recorded("mariadb-10.11.19-open")["greeting"], ("mysql",)),
        (recorded("nats-2.9.10-open")["greeting"], ("nats",)),
        (recorded("vsftpd-3.0.3-open")["greeting"], ("ftp",)),
        (recorded("rsync-3.5.0-open")["greeting"], ("rsync",)),
        (recorded("nbd-server-3.24-open")["greeting"], ("nbd",)),
        (recorded("svnserve-1.14.2-open")["greeting"], ("svn",)),
        (recorded("activemq-5.18.6-open")["greeting"], ("openwire",)),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", ()),
        (b"x" * 400, ()),
        (b"hi", ()),
    ],
)
def test_a_greeting_is_heard_to_its_end_whatever_pieces_it_comes_in(words: bytes, kinds: tuple[str, ...]) -> None:
    """A server on a port that suggests nothing would be taken for something else by its first byte."""

    async def work() -> None:
        async with serving(in_bytes(words)) as host:
            assert await greet(host, patience=PATIENT) == (True, kinds, Ending.BLOCKED, 1)
            assert host.received == []

    run(work())


def test_a_host_that_waits_is_asked_on_the_same_line() -> None:
    async def work() -> None:
        async with serving(says(http_answer(b"a"))) as host:
            assert await greet(host) == (False, ("http",), Ending.COMPLETE, 1)

    run(work())


def test_the_first_moment_grows_with_the_way_to_a_host_and_has_few_lengths() -> None:
    seconds = [first_word(round_trip) for round_trip in (0.0, 0.01, 0.02, 0.05, 0.15, 0.2, 3.0)]

    assert seconds == [0.02, 0.02, 0.04, 0.08, 0.32, 0.32, 0.32]


def test_a_host_that_has_waited_for_us_once_is_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each endpoint costs one such moment, however many protocols it is spoken to in."""
    moments: list[float] = []

    def counted(round_trip: float) -> float:
        moments.append(round_trip)
        return 0.01

    async def work() -> None:
        async with serving(silence()) as host:
            prober = Probing(timeouts=BRISK).prober().for_endpoint()
            for kind in ("http", "redis"):
                session = prober.open(host.endpoint(), kind, Approach.GUESSED)
                await session.ask(GET if kind == "http" else Question("PING"))
                await session.close()

    monkeypatch.setattr(timeouts_module, "first_word", counted)
    run(work())

    assert len(moments) == 1


def test_a_server_that_greets_in_plain_text_on_a_port_of_tls_is_spoken_to_in_its_own_protocol() -> None:
    """An FTP server on port 443 was something unknown: TLS alone was spoken to it."""
    said = recorded("vsftpd-3.0.3-open")
    table = {words: said[name] for name, words in FTP.items() if name in said}

    async def work() -> list[str]:
        async with serving(talks(table, greeting=said["greeting"])) as host:
            found = await examiner_with(Probing(), LIBRARY).examine(host.endpoint(scheme="https"))
            return [finding.check_id for finding in found.findings]

    assert run(work()) == ["ftp_anonymous"]


def test_words_instead_of_an_answer_are_remembered() -> None:
    async def work() -> None:
        async with serving(says(b"-ERR wrong number of arguments\r\n")) as host:
            assert await greet(host) == (False, ("redis",), Ending.GARBLED, 1)

    run(work())


def test_nobody_greets_where_nobody_is() -> None:
    async def work() -> tuple[bool, Ending]:
        session = Probing().prober().open(Endpoint(address="127.0.0.1", port=1), "http", Approach.GUESSED)
        spoke = await session.greeting()
        ended = (await session.ask(GET)).ended
        await session.close()
        return spoke, ended

    assert run(work()) == (False, Ending.REFUSED)


def test_a_host_that_leaves_while_we_listen_has_not_greeted() -> None:
    async def leave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: Host) -> None:
        writer.close()

    async def work() -> None:
        async with serving(leave) as host:
            spoke, hints, ended, _ = await greet(host)

        assert (spoke, hints) == (False, ())
        assert ended in {Ending.CLOSED, Ending.RESET}

    run(work())


def test_a_guess_is_given_up_soon_and_a_suggestion_is_not() -> None:
    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: Host) -> None:
        await reader.read(1)
        await asyncio.sleep(0.7)
        writer.write(http_answer(b"a"))
        await writer.drain()

    async def work() -> list[Ending]:
        async with serving(late) as host:
            return [(await greet(host, approach))[2] for approach in (Approach.GUESSED, Approach.SUGGESTED)]

    assert run(work(), new_loop=SteadyLoop) == [Ending.SILENT, Ending.COMPLETE]


def test_only_the_first_answer_of_a_guess_is_hurried() -> None:
    """Once a host has answered, its dear questions get the time that they need."""

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: Host) -> None:
        for pause in (0.0, 0.7):
            await reader.read(65536)
            await asyncio.sleep(pause)
            writer.write(http_answer(b"a"))
            await writer.drain()
        await reader.read(1)

    async def work() -> list[Ending]:
        async with serving(slow) as host:
            session = Probing(timeouts=BRISK).prober().open(host.endpoint(), "http", Approach.GUESSED)
            endings = [(await session.ask(question)).ended for question in (GET, Question("GET", "/all"))]
            await session.close()
            return endings

    assert run(work(), new_loop=SteadyLoop) == [Ending.COMPLETE, Ending.COMPLETE]


@pytest.mark.parametrize(("approach", "connects"), [(Approach.GUESSED, 1), (Approach.SUGGESTED, 3)])
def test_hanging_up_suggests_tls_only_where_the_protocol_does(approach: Approach, connects: int) -> None:
    async def work() -> int:
        probing = Probing(timeouts=BRISK)
        async with serving(says(b"")) as host:
            session = probing.prober().open(host.endpoint(), "http", approach)
            reply = await session.ask(GET)
            await session.close()

        assert reply.ended is Ending.CLOSED
        return probing.connects

    assert run(work()) == connects


@pytest.mark.parametrize("tls", [True, False])
def test_a_guess_in_tls_is_spoken_in_tls_alone(tmp_path: Path, *, tls: bool) -> None:
    async def work() -> tuple[Ending, str]:
        script = answers({b"GET": http_answer(b"a")}) if tls else silence()
        async with serving(script, tls=server_context(tmp_path) if tls else None) as host:
            probing = Probing(timeouts=BRISK)
            session = probing.prober().open(host.endpoint(), "http", Approach.GUESSED_IN_TLS)
            assert not await session.greeting()
            reply = await session.ask(GET)
            transport = session.transport
            await session.close()
            assert all(b"GET" not in said for said in probing.said) is not tls
            return reply.ended, transport

    assert run(work()) == (Ending.COMPLETE if tls else Ending.SILENT, "https")


def test_a_silent_host_is_told_nothing_that_announces_megabytes() -> None:
    """A Kafka that stands still reads it all later, and sets aside what four first bytes announce, up to 100 MiB.

    What is above that it refuses.
    """

    async def work() -> list[bytes]:
        probing = Probing(timeouts=Timeouts(request=0.4, guess=0.2, handshake=0.2, greeting=0.05))
        async with serving(silence()) as host:
            await examiner_with(probing, LIBRARY).examine(host.endpoint())
        return [sent.data for sent in probing.sent if sent.data]

    said = run(work())
    assert len(said) > 10, "each protocol was tried"
    assert [data for data in said if 2**20 < int.from_bytes(data[:4]) <= 100 * 2**20] == []
