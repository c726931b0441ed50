"""TLS: tried where the port, the scheme or the server says so; looked at, never required."""

from __future__ import annotations

import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.probes.session import KindSession
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import tls
from support.certificates import server_context
from support.hostile import Host, Script, answers, banner, http_answer, read_some, says, serving, silence
from support.probing import PATIENT, QUICK, Probing, Question, run

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("each_loop"), pytest.mark.untraced]

GET = Question("GET", "/")
HELLO = http_answer(b"hello")


@pytest.fixture(autouse=True)
def _fresh_contexts() -> Iterator[None]:
    """Each test has its own trust store."""
    tls.context.cache_clear()
    yield
    tls.context.cache_clear()


async def ask_secure(
    folder: Path, script: Script, kind: str = "http", question: Question = GET, **more: object
) -> tuple[Reply, KindSession, Probing, Host]:
    probing = Probing()
    async with serving(script, tls=server_context(folder)) as host:
        session = probing.open(host.endpoint(**more), kind)
        reply = await session.ask(question)
        await session.close()
        return reply, session, probing, host


@pytest.mark.parametrize("scheme", [None, "http", "https"])
def test_a_tls_port_is_found_by_scheme_or_by_its_refusal_of_plain_text(scheme: str | None, tmp_path: Path) -> None:
    reply, session, _, _ = run(ask_secure(tmp_path, answers({b"GET": HELLO}), scheme=scheme))

    assert (reply.ended, reply.body, session.transport) == (Ending.COMPLETE, b"hello", "https")


def test_the_certificate_is_told_with_names_and_dates(tmp_path: Path) -> None:
    _, session, _, _ = run(ask_secure(tmp_path, answers({b"GET": HELLO}), scheme="https"))

    assert session.tls == TlsSeen(
        version="TLSv1.3",
        subject="CN=lab.example.org",
        issuer="CN=lab.example.org",
        not_before="2024-01-01T00:00:00Z",
        not_after="2049-01-01T00:00:00Z",
        sha256=session.tls.sha256 if session.tls else "",
        verified=False,
    )


@pytest.mark.parametrize(("name", "verified"), [("lab.example.org", True), (None, True), ("other.example.org", False)])
def test_a_certificate_is_verified_for_the_name_that_was_asked(
    name: str | None,
    *,
    verified: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))

    reply, session, probing, _ = run(ask_secure(tmp_path, answers({b"GET": HELLO}), scheme="https", host=name))

    assert reply.body == b"hello"
    assert session.tls is not None
    assert session.tls.verified is verified
    assert probing.connects == (1 if verified else 2)


def test_what_the_trust_store_refused_once_is_not_asked_about_again(tmp_path: Path) -> None:
    """An unknown server in TLS is spoken to in many protocols; each must not cost two connections."""

    async def work() -> tuple[int, bool | None]:
        probing = Probing()
        prober = probing.prober()
        async with serving(answers({b"GET": HELLO}), tls=server_context(tmp_path)) as host:
            for _ in range(3):
                session = prober.open(host.endpoint(scheme="https"), "http")
                assert (await session.ask(GET)).ended is Ending.COMPLETE
                await session.close()
        return probing.connects, session.tls.verified if session.tls else None

    assert run(work()) == (4, False)


@pytest.mark.parametrize(
    "page",
    [
        b"<html>The plain HTTP request was sent to HTTPS port</html>",
        b"Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        b"Client sent an HTTP request to an HTTPS server.\n",
        b"Bad Request\r\nThis combination of host and port requires TLS.\r\n",
    ],
)
def test_a_server_that_asks_for_tls_in_words_is_asked_again_in_tls(page: bytes) -> None:
    """The server here cannot do TLS after all, so its first answer stands."""

    async def work() -> tuple[Reply, str, int]:
        probing = Probing()
        async with serving(says(http_answer(page, status="400 Bad Request"))) as host:
            session = probing.open(host.endpoint(), "http")
            reply = await session.ask(GET)
            again = await session.ask(Question("GET", "/2"))
            await session.close()
            assert again.status == 400
            return reply, session.transport, host.connections

    reply, transport, connections = run(work())

    assert (reply.status, reply.body, transport, connections) == (400, page, "http", 3)


def test_a_server_that_asks_for_tls_and_is_silent_to_one_path_there_is_asked_in_tls_from_then_on(
    tmp_path: Path,
) -> None:
    """Its refusal of plain text is no answer to the question, and would be one to each that follows."""
    context = server_context(tmp_path)
    refusal = http_answer(b"The plain HTTP request was sent to HTTPS port", status="400 Bad Request")

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        if host.connections == 1:
            await read_some(reader, host)
            writer.write(refusal)
            await writer.drain()
            return
        await writer.start_tls(context)
        while b" /2 " not in await read_some(reader, host):
            pass
        writer.write(HELLO)
        await writer.drain()

    async def work() -> tuple[Reply, Reply, str]:
        probing = Probing(timeouts=QUICK)
        async with serving(script) as host:
            session = probing.open(host.endpoint(), "http")
            front, other = [await session.ask(Question("GET", path)) for path in ("/", "/2")]
            await session.close()
            return front, other, session.transport

    front, other, transport = run(work())

    assert (front.ended, other.status, other.body, transport) == (Ending.SILENT, 200, b"hello", "https")


@pytest.mark.parametrize("kind", ["redis", "memcached", "mongodb"])
def test_other_protocols_are_found_inside_tls_as_well(kind: str, tmp_path: Path) -> None:
    first = {"redis": "PING", "memcached": "version", "mongodb": "hello"}
    script = answers({b"PING": b"+PONG\r\n", b"version": b"VERSION 1.6.18\r\n"}, otherwise=b"")

    reply, session, _, _ = run(ask_secure(tmp_path, script, kind, Question(first[kind])))

    expected = {"redis": {"reply": "PONG"}, "memcached": {"version": "1.6.18"}, "mongodb": None}
    assert reply.document == expected[kind]
    assert session.transport == ("tcp" if kind == "mongodb" else "tls")


def test_plain_text_on_a_tls_port_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> tuple[Reply, str]:
        async with serving(answers({b"GET": HELLO}, otherwise=b"HTTP/1.1 400 Bad Request\r\n\r\n")) as host:
            monkeypatch.setattr("leakguard.probes.caller.TLS_PORTS", frozenset({host.port}))
            session = Probing().open(host.endpoint(), "http")
            reply = await session.ask(GET)
            await session.close()
            return reply, session.transport

    reply, transport = run(work())

    assert (reply.body, transport) == (b"hello", "http")


@pytest.mark.parametrize(
    ("script", "ended"),
    [
        (silence(), Ending.SILENT),
        (says(b""), Ending.CLOSED),
        (says(b"", then="reset"), Ending.RESET),
        (says(b"\x16\x03\x03\x00\x10" + b"\xff" * 16), Ending.GARBLED),
        (banner(b"SSH-2.0-OpenSSH_9.2p1\r\n"), Ending.GARBLED),
    ],
)
def test_a_handshake_that_fails_ends_in_time_and_in_its_word(script: Script, ended: Ending) -> None:
    async def work() -> Ending:
        patience = QUICK if ended is Ending.SILENT else PATIENT
        async with serving(script) as host:
            [reply] = await Probing(timeouts=patience).ask(host.endpoint(scheme="https"), "http", GET)
            return reply.ended

    got = run(work())

    assert got is ended or (ended is Ending.CLOSED and got is Ending.RESET)


def test_a_server_that_hangs_in_its_handshake_costs_only_the_time_of_a_handshake() -> None:
    """Every other deadline lies behind the end of this test."""

    async def work() -> Ending:
        probing = Probing(timeouts=Timeouts(connect=20, handshake=0.3, request=1000, target=1000, endpoint=1000))
        async with serving(silence()) as host:
            [reply] = await probing.ask(host.endpoint(scheme="https"), "http", GET)
            return reply.ended

    assert run(work()) is Ending.SILENT


def test_a_shown_certificate_that_cannot_be_read_is_known_by_its_digest() -> None:
    seen = tls.described(b"\x30\x03\x02\x01\x01", "TLSv1.2", verified=False)

    assert (seen.version, seen.subject, len(seen.sha256)) == ("TLSv1.2", "", 64)


def test_the_default_port_is_left_out_of_the_host_header() -> None:
    async def work() -> list[bytes]:
        probing = Probing()
        session = probing.open(Endpoint(address="::1", port=80), "http")
        client = session._client  # type: ignore[attr-defined]  # noqa: SLF001  (port 80 cannot be served in a test)
        headers = client._headers({})  # noqa: SLF001  (as above)
        await session.close()
        return [headers["host"].encode()]

    assert run(work()) == [b"[::1]"]


def test_a_closed_port_is_refused_in_tls_as_well() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = Endpoint(address="127.0.0.1", port=free.getsockname()[1], scheme="https")

    async def work() -> Ending:
        [reply] = await Probing().ask(endpoint, "http", GET)
        return reply.ended

    assert run(work()) is Ending.REFUSED
