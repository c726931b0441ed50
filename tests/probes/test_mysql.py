"""MySQL and MariaDB: a user that cannot exist proves that anybody is let in; no account that may exist is tried."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leakguard.checks.protocols import PROTOCOLS
from leakguard.engine.examination import EndpointStatus
from leakguard.frozen import replace
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.mysql.gate import COMMANDS
from leakguard.probes.protocols.mysql.reader import Greeting, PacketsReader
from leakguard.probes.session import KindSession
from leakguard.probes.wire import kept, tls
from leakguard.probes.wire.handles import Handles
from support.certificates import server_context
from support.examining import examiner_with
from support.fake_prober import library
from support.hostile import Host, Script, serving
from support.probing import Probing, Question, run
from support.shipped import LIBRARY
from support.sweeping import Notes, Sweeps, listening, spots_of, swept
from support.sweeping import Script as Contact
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

LOGIN, SIZES = Question("login"), Question("sizes")
NOBODY = b"leakguard-no-such-user"
UNKNOWN = dict.fromkeys(("tables", "rows_estimate", "bytes", "schemas", "skip_grants"))
CANARY = b"Invented-Person-4711"
OFFERS_TLS = 0x800
OTHER_SCHEMES = sorted(
    scheme
    for kind, protocol in PROTOCOLS.items()
    if kind != "mysql" and not protocol.for_buckets and not protocol.for_backends and not protocol.is_industrial
    for scheme in protocol.schemes
)


def packet(number: int, payload: bytes) -> bytes:
    return struct.pack("<I", len(payload))[:3] + bytes((number,)) + payload


def greeting(version: bytes = b"8.0.36", capabilities: int = 0xF7FF) -> bytes:
    lower = capabilities & ~OFFERS_TLS
    return packet(
        0, b"\n" + version + b"\0" + b"\1\0\0\0" + b"saltsalt\0" + struct.pack("<H", lower) + b"\x21" + b"\0" * 40
    )


def error(number: int, at: int = 2) -> bytes:
    return packet(at, b"\xff" + struct.pack("<H", number) + b"#28000Access denied for user '" + CANARY + b"'")


def rows(*values: bytes | None) -> bytes:
    cells = b"".join(b"\xfb" if value is None else bytes((len(value),)) + value for value in values)
    columns = [packet(2 + at, b"\x03def" + CANARY) for at in range(len(values))]
    end = b"\xfe\0\0\2\0"
    return packet(1, bytes((len(values),))) + b"".join(columns) + packet(7, end) + packet(8, cells) + packet(9, end)


OK = packet(2, b"\0\0\0\2\0\0\0")
SWITCH = packet(2, b"\xfecaching_sha2_password\0" + b"s" * 20 + b"\0")


@pytest.mark.parametrize(
    ("name", "let_in", "error_number", "sizes"),
    [
        ("open", True, None, {"tables": 1, "rows_estimate": 1, "bytes": 16384, "schemas": 1, "skip_grants": 0}),
        ("skip-grant", True, None, {**dict.fromkeys(UNKNOWN, 0), "skip_grants": 1}),
        ("protected", False, 1045, UNKNOWN),
    ],
)
def test_a_real_mariadb_lets_anybody_in_or_does_not(
    name: str, *, let_in: bool, error_number: int | None, sizes: dict[str, Any]
) -> None:
    said = recorded(f"mariadb-10.11.19-{name}")
    script = talks({NOBODY: said["login"], b"SELECT": said.get("query", b"")}, greeting=said["greeting"])

    [login, counted], probing = ask(script, "mysql", LOGIN, SIZES)

    who = {"product": "mariadb", "version": "10.11.19", "protocol": 10, "ssl": False}
    assert login.document == {"let_in": let_in, "asks": False, "error": error_number, **who}
    assert counted.document == sizes
    assert not [words for words in probing.said if b"root" in words]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (OK, (True, False, None)),
        (error(1045), (False, False, 1045)),
        (error(1040), (False, False, 1040)),
        (packet(2, b"\1\4"), (False, True, None)),
    ],
)
def test_a_login_is_met_in_few_ways(said: bytes, expected: tuple[bool, bool, int | None]) -> None:
    [reply], _ = ask(talks({NOBODY: said}, greeting=greeting()), "mysql", LOGIN)

    assert (reply.document["let_in"], reply.document["asks"], reply.document["error"]) == expected
    assert (reply.document["product"], reply.document["version"]) == ("mysql", "8.0.36")
    assert CANARY.decode() not in repr(reply)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (packet(4, b"\0\0\0\2\0\0\0"), (True, False, None)),
        (error(1045, 4), (False, False, 1045)),
        (packet(4, b"\1\4"), (False, True, None)),
    ],
)
def test_another_way_of_proof_is_answered_once_with_nothing(
    second: bytes, expected: tuple[bool, bool, int | None]
) -> None:
    """MySQL 8 asks everybody for its own way; an account without a password takes an empty packet for it."""
    script = talks({NOBODY: SWITCH, COMMANDS["no_password"]: second}, greeting=greeting())

    [reply], probing = ask(script, "mysql", LOGIN)

    assert (reply.document["let_in"], reply.document["asks"], reply.document["error"]) == expected
    assert [words for words in probing.said if words[:3] == b"\0\0\0"] == [b"\0\0\0\3"]


def test_a_host_that_is_not_welcome_is_told_so_before_any_login() -> None:
    [reply], probing = ask(talks({}, greeting=error(1130, 0)), "mysql", LOGIN)

    assert reply.document == {
        "let_in": False, "asks": False, "error": 1130, "product": None, "version": None, "protocol": 10,
        "ssl": False,
    }  # fmt: skip
    assert not [words for words in probing.said if NOBODY in words]


def test_a_server_that_hangs_up_on_a_login_has_greeted_all_the_same() -> None:
    [login, sizes], _ = ask(talks({NOBODY: None}, greeting=greeting()), "mysql", LOGIN, SIZES)

    assert (login.ended, login.document["let_in"], login.document["error"]) == (Ending.COMPLETE, False, None)
    assert sizes.document == UNKNOWN


@pytest.mark.parametrize(
    ("version", "product", "told"),
    [
        (b"5.5.5-10.11.19-MariaDB-0+deb12u1", "mariadb", "10.11.19"),
        (b"11.4.2-MariaDB", "mariadb", "11.4.2"),
        (b"8.0.11-TiDB-v8.1.0", "tidb", "8.1.0"),
        (b"5.7.44-log " + CANARY, "mysql", "5.7.44"),
        (CANARY, "mysql", None),
    ],
)
def test_a_version_is_numbers_alone(version: bytes, product: str, told: str | None) -> None:
    [reply], _ = ask(talks({NOBODY: OK}, greeting=greeting(version)), "mysql", LOGIN)

    assert (reply.document["product"], reply.document["version"]) == (product, told)
    assert CANARY.decode() not in repr(reply)


@pytest.mark.parametrize(
    ("answer", "sizes"),
    [
        (rows(b"12", b"9500000000", b"8400000000000", b"3", b"0"), (12, 9_500_000_000, 8_400_000_000_000, 3, 0)),
        (rows(b"x", None, b"-5", b"9" * 30, b"1"), (None, None, None, None, 1)),
        (rows(b"1", b"2"), (None,) * 5),
        (packet(1, b"\5") + packet(2, b"\xfe\0\0\2\0") + packet(3, b"\xfe\0\0\2\0"), (None,) * 5),
        (error(1142, 1), (None,) * 5),
        (packet(1, b"\0\0\0\2\0\0\0"), (None,) * 5),
    ],
)
def test_the_catalogue_is_counted_or_unknown(answer: bytes, sizes: tuple[int | None, ...]) -> None:
    [reply], _ = ask(talks({NOBODY: OK, b"SELECT": answer}, greeting=greeting()), "mysql", SIZES)

    assert tuple(reply.document.values()) == sizes
    assert CANARY.decode() not in repr(reply)


@pytest.mark.parametrize("cells", [b"\x09123", b"\xfc\x01\x001", b"\x0112\xff"])
def test_a_row_that_lies_is_garbled(cells: bytes) -> None:
    end = b"\xfe\0\0\2\0"
    answer = packet(1, b"\1") + packet(2, b"\x03def") + packet(3, end) + packet(4, cells) + packet(5, end)

    [reply], _ = ask(talks({NOBODY: OK, b"SELECT": answer}, greeting=greeting()), "mysql", SIZES)

    assert reply.ended is Ending.GARBLED


@pytest.mark.parametrize(
    "said",
    [
        packet(0, b"\n8.0.36 without an end"),
        packet(0, b"\n8.0.36\0short"),
        packet(0, b"\x088.0.36\0" + b"x" * 40),
        packet(0, b"\xff\x01"),
        b"\0\0\0\0",
        b"\xff\xff\xff\0x",
    ],
)
def test_a_greeting_that_lies_is_garbled(said: bytes) -> None:
    [login, sizes], _ = ask(talks({}, greeting=said), "mysql", LOGIN, SIZES)

    assert [login.ended, sizes.ended] == [Ending.GARBLED, Ending.GARBLED]


def test_an_answer_of_endless_packets_is_garbled() -> None:
    """Five columns and one row need a dozen packets; the cap of bytes alone would let in thousands."""
    [reply], _ = ask(talks({NOBODY: OK, b"SELECT": packet(1, b"\5") * 100}, greeting=greeting()), "mysql", SIZES)

    assert (reply.ended, reply.document) == (Ending.COMPLETE, UNKNOWN)


def test_too_many_packets_are_garbled() -> None:
    reader = PacketsReader(until_end=True)

    with pytest.raises(Garbled):
        reader.feed(packet(1, b"\5") * 100)


def test_a_reader_without_a_packet_knows_nothing() -> None:
    reader = PacketsReader()

    assert (reader.is_ok, reader.asks, reader.error(), reader.row()) == (False, False, None, None)
    assert Greeting().version is None


def exactly(peer: socket.socket, count: int) -> bytes:
    """The next bytes, and not one more: behind the request for TLS comes the handshake."""
    data = b""
    while len(data) < count and (piece := peer.recv(count - len(data))):
        data += piece
    return data


def next_packet(peer: socket.socket) -> bytes:
    head = exactly(peer, 4)
    return head + exactly(peer, head[0]) if head else b""


def converse(peer: socket.socket, words: bytes, answers: dict[bytes, bytes], asked: list[bytes]) -> None:
    while words:
        asked.append(words)
        said = next((said for key, said in answers.items() if key in words), b"")
        peer.sendall(said)
        words = next_packet(peer) if said else b""


def serve(peer: socket.socket, context: ssl.SSLContext | None, answers: dict[bytes, bytes], asked: list[bytes]) -> None:
    """Offers TLS; without a context it breaks its word."""
    peer.sendall(packet(0, b"\n8.4.0\0\1\0\0\0saltsalt\0\xff\xff\x21" + b"\0" * 40))
    words = next_packet(peer)
    if NOBODY in words:
        converse(peer, words, answers, asked)
        return
    asked.append(words)
    if context is None:
        peer.sendall(b"this is not TLS at all")
        return
    with context.wrap_socket(peer, server_side=True) as secured:
        converse(secured, next_packet(secured), answers, asked)


@contextlib.contextmanager
def offering_tls(context: ssl.SSLContext | None, answers: dict[bytes, bytes], asked: list[bytes]) -> Iterator[Endpoint]:
    """A server on a thread: asyncio's own would read the handshake as part of the request before it."""

    def work() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                with peer, contextlib.suppress(OSError):
                    serve(peer, context, answers, asked)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=work)
        thread.start()
        yield Endpoint(address="127.0.0.1", port=listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


async def log_in(endpoint: Endpoint) -> tuple[Reply, KindSession]:
    session = Probing().open(endpoint, "mysql")
    reply = await session.ask(LOGIN)
    await session.close()
    return reply, session


def test_tls_is_taken_where_it_is_offered(tmp_path: Path) -> None:
    """An account may be let in over TLS alone; the numbers of the packets go on behind the request."""
    tls.context.cache_clear()
    asked: list[bytes] = []
    answers = {NOBODY: packet(3, SWITCH[4:]), COMMANDS["no_password_in_tls"]: packet(5, b"\0\0\0\2\0\0\0")}

    with offering_tls(server_context(tmp_path), answers, asked) as endpoint:
        reply, session = run(log_in(endpoint))

    assert reply.document is not None
    assert (reply.document["let_in"], reply.document["ssl"], reply.document["version"]) == (True, True, "8.4.0")
    assert session.tls is not None
    assert (session.transport, session.tls.subject, session.tls.verified) == ("tls", "CN=lab.example.org", None)
    assert asked[0] == COMMANDS["ssl_request"]
    assert asked[-3:-1] == [COMMANDS["login_in_tls"], COMMANDS["no_password_in_tls"]]


def test_no_handshake_is_broken_off_for_the_trust_store(tmp_path: Path) -> None:
    """A server counts it as one that failed, and after a hundred it blocks our address and all who work from there."""
    tls.context.cache_clear()
    asked: list[bytes] = []

    with offering_tls(server_context(tmp_path), {NOBODY: error(1045)}, asked) as endpoint:
        run(log_in(endpoint))

    assert asked.count(COMMANDS["ssl_request"]) == 1
    assert asked.count(COMMANDS["login_in_tls"]) == 1


def refusing(dropped: list[Host]) -> Script:
    """Greets and refuses; notes each connection that ends before a login, as `max_connect_errors` counts them."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        writer.write(greeting())
        await writer.drain()
        try:
            asked = await reader.read(1000)
        except ConnectionError:
            asked = b""
        if NOBODY not in asked:
            dropped.append(host)
            return
        writer.write(error(1045))
        await writer.drain()

    return script


def test_a_greeted_connection_is_not_dropped_where_nothing_suggests_mysql() -> None:
    """HTTP is guessed there and the greeting is heard; the login goes out on that very connection."""
    dropped: list[Host] = []

    async def work() -> tuple[EndpointStatus, int]:
        probing = Probing()
        async with serving(refusing(dropped)) as host:
            found = await examiner_with(probing, LIBRARY).examine(host.endpoint())
            await asyncio.sleep(0.1)
            return found.status, probing.connects

    assert run(work()) == (EndpointStatus.PROTECTED, 1)
    assert dropped == []


@pytest.mark.parametrize("scheme", OTHER_SCHEMES)
def test_no_question_of_another_protocol_breaks_a_handshake_where_the_place_suggests_that_one(scheme: str) -> None:
    """A port suggests a protocol as a scheme does; a server that greets in the first moment is asked in its own."""
    dropped: list[Host] = []

    async def work() -> tuple[EndpointStatus, int]:
        probing = Probing()
        async with serving(refusing(dropped)) as host:
            found = await examiner_with(probing, LIBRARY).examine(host.endpoint(scheme=scheme))
            await asyncio.sleep(0.1)
            return found.status, probing.connects

    assert run(work()) == (EndpointStatus.PROTECTED, 1)
    assert dropped == []


def test_one_that_greets_late_on_a_port_of_tls_is_recognised_and_left_one_broken_handshake() -> None:
    """The server looks for our name first; its greeting then comes in the place of its part of the handshake of TLS."""
    dropped: list[Host] = []

    async def late_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        await asyncio.sleep(0.3 if host.connections == 1 else 0)
        await refusing(dropped)(reader, writer, host)

    async def work() -> EndpointStatus:
        async with serving(late_once) as host:
            found = await examiner_with(Probing(), LIBRARY).examine(host.endpoint(scheme="https"))
            await asyncio.sleep(0.1)
            return found.status

    assert run(work()) is EndpointStatus.PROTECTED
    assert len(dropped) == 1


@pytest.mark.usefixtures("each_loop")
def test_a_sweep_that_would_ask_over_http_breaks_no_handshake_of_one_that_greets() -> None:
    dropped: list[Host] = []

    async def work() -> tuple[dict[int, str], EndpointStatus, int]:
        async with serving(refusing(dropped)) as host:
            prober, notes = Sweeps().prober(), Notes(contacts=lambda _: Contact())
            await swept(prober.sweep(iter(spots_of([("127.0.0.1", host.port)])), notes, first=0))
            found = await replace(examiner_with(Probing(), LIBRARY), prober=prober).examine(
                host.endpoint(scheme="http"), did_connect=True
            )
            await asyncio.sleep(0.1)
            return notes.told, found.status, host.connections

    assert run(work()) == ({0: "open"}, EndpointStatus.PROTECTED, 1)
    assert dropped == []


def test_a_greeted_connection_that_no_check_has_a_use_for_is_dropped_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "SECONDS", 0.1)
    dropped: list[Host] = []

    async def work() -> int:
        probing = Probing(handles=Handles(8))
        async with serving(refusing(dropped)) as host:
            await examiner_with(probing, library()).examine(host.endpoint())
            await asyncio.sleep(0.5)
        assert probing.handles is not None
        return probing.handles.taken

    assert run(work()) == 0
    assert len(dropped) == 1


@pytest.mark.usefixtures("each_loop")
def test_the_connection_of_a_sweep_is_left_to_the_session() -> None:
    """A watch would be blocked after a hundred rounds, each of which drops one."""
    dropped: list[Host] = []

    async def work() -> tuple[Reply, int]:
        async with serving(refusing(dropped)) as host:
            sweeps = Sweeps()
            prober = sweeps.prober()
            await swept(prober.sweep(iter(spots_of([("127.0.0.1", host.port)])), Notes(), first=0))
            session = prober.open(host.endpoint(), "mysql")
            reply = await session.ask(LOGIN)
            await session.close()
            await asyncio.sleep(0.1)
            return reply, host.connections

    reply, connections = run(work())
    assert (reply.document["error"], connections) == (1045, 1)
    assert dropped == []


def test_a_sweep_of_a_foreign_port_costs_the_host_one_connection_and_drops_none() -> None:
    """The sweep, the listening for a greeting and the login are one connection."""
    dropped: list[Host] = []

    async def work() -> tuple[EndpointStatus, int]:
        async with serving(refusing(dropped)) as host:
            prober = Sweeps().prober()
            await swept(prober.sweep(iter(spots_of([("127.0.0.1", host.port)])), Notes(), first=0))
            found = await replace(examiner_with(Probing(), LIBRARY), prober=prober).examine(
                host.endpoint(), did_connect=True
            )
            await asyncio.sleep(0.1)
            return found.status, host.connections

    assert run(work()) == (EndpointStatus.PROTECTED, 1)
    assert dropped == []


def test_connections_are_kept_for_no_more_than_a_quarter_of_the_handles() -> None:
    """What a sweep leaves must not keep sessions from the handles that they wait for."""

    async def work() -> tuple[int, int]:
        handles = Handles(16)
        with listening(12) as ports:
            prober = Sweeps(handles=handles).prober()
            await swept(prober.sweep(iter(spots_of([("127.0.0.1", port) for port in ports])), Notes(), first=0))
            taken = handles.taken
            await asyncio.sleep(0.3)
            return taken, handles.taken

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kept, "SECONDS", 0.1)
        assert run(work()) == (4, 0)


def test_a_connection_that_was_kept_too_long_or_is_dead_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SECONDS", 0.1)

    async def work(*, is_dead: bool) -> tuple[Ending, int]:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
            if host.connections == 1 and is_dead:
                return
            await refusing([])(reader, writer, host)

        async with serving(script) as host:
            prober = Sweeps().prober()
            await swept(prober.sweep(iter(spots_of([("127.0.0.1", host.port)])), Notes(), first=0))
            await asyncio.sleep(0.05 if is_dead else 0.3)
            session = prober.open(host.endpoint(), "mysql")
            reply = await session.ask(LOGIN)
            await session.close()
            return reply.ended, host.connections

    assert run(work(is_dead=False)) == (Ending.COMPLETE, 2)
    assert run(work(is_dead=True)) == (Ending.COMPLETE, 2)


def test_tls_that_is_offered_and_fails_leaves_plain_text() -> None:
    """A new line is opened, on which TLS is not asked for again."""
    asked: list[bytes] = []

    with offering_tls(None, {NOBODY: OK}, asked) as endpoint:
        reply, _ = run(log_in(endpoint))

    assert (reply.document["let_in"], reply.document["ssl"]) == (True, False)
    assert asked[:2] == [COMMANDS["ssl_request"], COMMANDS["login"]]
