"""A line in the hands of an event loop that is not kind: early words, late ends, nobody listening."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from leakguard.models.observations import Ending, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.probes import loops
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.redis.reader import RespReader
from leakguard.probes.session import KindSession
from leakguard.probes.timeouts import Patience, Timeouts
from leakguard.probes.wire import tls
from leakguard.probes.wire.door import Door, _secured
from leakguard.probes.wire.line import ExchangeResult, Line
from leakguard.probes.wire.rate import Rate
from leakguard.probes.wire.verbs import ReadCommand
from support.hostile import http_answer, says, serving
from support.probing import FAST, QUICK, Probing, Question, run

pytestmark = pytest.mark.usefixtures("each_loop")

PING = ReadCommand(kind="redis", verb="PING", data=b"*1\r\n$4\r\nPING\r\n")


class Wire(asyncio.Transport):
    """A transport without a network."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.reading = True
        self.gone = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.gone

    def is_reading(self) -> bool:
        return self.reading

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        self.gone = True


def connected() -> tuple[Line, Wire]:
    line, wire = Line("127.0.0.1", 1, None), Wire()
    line.connection_made(wire)
    return line, wire


async def ping(line: Line, reader: RespReader) -> ExchangeResult:
    return await line.exchange(PING, reader, cap=100, deadline=asyncio.get_running_loop().time() + 0.2)


def test_words_before_the_question_are_kept_and_the_rest_stays_on_the_wire() -> None:
    async def work() -> None:
        line, wire = connected()
        line.data_received(b"-DENIED go away\r\n")

        assert (line.usable, wire.reading) == (False, False)
        reader = RespReader()
        answered = await ping(line, reader)

        assert (answered.ended, answered.size, wire.reading) == (Ending.COMPLETE, 17, True)
        assert reader.document("PING")["error"] == "DENIED"

    run(work())


def test_a_host_that_speaks_first_is_listened_to_without_a_word() -> None:
    async def work() -> None:
        line, wire = connected()
        reader = RespReader()
        listening = asyncio.create_task(
            line.exchange(None, reader, cap=100, deadline=asyncio.get_running_loop().time() + 1)
        )
        await asyncio.sleep(0)
        line.data_received(b"+PONG\r\n")

        assert ((await listening).ended, wire.written) == (Ending.COMPLETE, b"")
        assert (await ping(line, RespReader())).ended is Ending.SILENT

    run(work())


def test_a_bug_in_a_reader_is_raised_by_the_exchange_and_not_in_the_loop() -> None:
    """Raised in the loop, it would end the whole sweep."""

    class Broken(RespReader):
        def feed(self, _data: bytes) -> bool:
            raise ZeroDivisionError

    async def work() -> None:
        line, wire = connected()
        asking = asyncio.create_task(ping(line, Broken()))
        await asyncio.sleep(0)
        line.data_received(b"+PONG\r\n")

        assert wire.gone
        with pytest.raises(ZeroDivisionError):
            await asking

    run(work())


def test_words_of_a_host_that_has_already_gone_are_heard() -> None:
    """Redis in protected mode says why, and closes, before it is asked anything."""

    async def work() -> None:
        line, _ = connected()
        line.data_received(b"-DENIED go away\r\n")
        line.connection_lost(None)

        assert (await ping(line, RespReader())).ended is Ending.COMPLETE

    run(work())


@pytest.mark.parametrize(("error", "ended"), [(None, Ending.CLOSED), (ConnectionResetError(), Ending.RESET)])
def test_a_host_that_has_gone_without_a_word_is_told_at_once(error: Exception | None, ended: Ending) -> None:
    async def work() -> Ending:
        line, _ = connected()
        line.connection_lost(error)
        return (await ping(line, RespReader())).ended

    assert run(work()) is ended


def test_words_after_the_answer_make_a_line_unusable() -> None:
    async def work() -> None:
        line, wire = connected()
        asking = asyncio.create_task(ping(line, RespReader()))
        await asyncio.sleep(0)
        line.data_received(b"+PONG\r\n")
        line.data_received(b"+and another thing\r\n")

        assert (await asking).ended is Ending.COMPLETE
        assert (line.usable, wire.reading) == (False, False)

    run(work())


def test_nothing_is_taken_in_after_the_end() -> None:
    async def work() -> None:
        line, wire = connected()
        asking = asyncio.create_task(ping(line, RespReader()))
        await asyncio.sleep(0)
        line.data_received(b"x")
        line.data_received(b"more")
        line.connection_lost(None)

        answered = await asking
        assert (answered.ended, answered.size, wire.gone) == (Ending.GARBLED, 1, True)

    run(work())


def test_the_deadline_needs_no_data_to_fire() -> None:
    async def work() -> None:
        line, wire = connected()

        assert (await ping(line, RespReader())).ended is Ending.SILENT
        assert wire.gone

    run(work())


def test_a_line_that_never_connected_can_be_closed() -> None:
    Line("127.0.0.1", 1, None).close()


def test_a_transport_that_is_gone_after_its_handshake_is_no_tls() -> None:
    line, wire = connected()

    for transport in (None, Wire()):
        opened = _secured(line, transport, verify=False)
        assert (opened.ended, opened.handshake_failed, opened.line) == (Ending.CLOSED, True, None)
    assert wire.gone


def test_a_host_that_spoke_first_is_not_asked_for_tls() -> None:
    async def work() -> None:
        line, wire = connected()
        line.data_received(b"220 mail.example.org\r\n")
        door = Door(gate=lambda _: None, rate=Rate(FAST), recorder=None)
        patience = Patience(QUICK, asyncio.get_running_loop().time)
        opened = await door.upgrade(line, Endpoint(address="127.0.0.1", port=1), patience, verify=True)

        assert (opened.ended, opened.handshake_failed, wire.gone) == (Ending.GARBLED, True, True)

    run(work())


def test_a_session_without_a_certificate_is_told_by_its_version() -> None:
    class Bare:
        def version(self) -> str:
            return "TLSv1.2"

        def getpeercert(self, *, binary_form: bool) -> None:
            assert binary_form

    assert tls.seen(Bare(), verified=False) == TlsSeen(version="TLSv1.2")  # type: ignore[arg-type]  # a stand-in


def test_patience_that_has_not_begun_forgives_nothing() -> None:
    patience = Patience(Timeouts(), lambda: 100.0)
    patience.forgive(5)

    assert patience.begin()
    assert patience.deadline == 105.0


@pytest.mark.enable_socket
def test_without_a_recorder_the_same_is_sent() -> None:
    async def work() -> list[bytes]:
        async with serving(says(http_answer(b"a"))) as host:
            probing = Probing()
            prober = probing.prober()
            prober._door._recorder = None  # noqa: SLF001 (the default of the constructor, without a second prober)
            session = prober.open(host.endpoint(), "http")
            reply = await session.ask(Question("GET", "/"))
            await session.close()
            assert (reply.ended, probing.sent) == (Ending.COMPLETE, [])
            return host.received

    assert len(run(work())) == 1


@pytest.mark.enable_socket
def test_a_session_that_was_never_asked_closes() -> None:
    async def work() -> None:
        session = Probing().open(Endpoint(address="127.0.0.1", port=1), "http")
        assert (session.transport, session.tls) == ("http", None)
        await session.close()

    run(work())


def test_a_protocol_must_know_how_to_ask() -> None:
    async def work() -> None:
        door = Door(gate=lambda _: None, rate=Rate(FAST), recorder=None)
        caller = Caller(door, Endpoint(address="127.0.0.1", port=1), QUICK)
        with pytest.raises(TypeError, match="abstract"):
            KindSession(caller)  # type: ignore[abstract]  # that is the point

    run(work())


@pytest.mark.enable_socket
def test_a_loop_that_was_kept_busy_hears_what_came_meanwhile_before_it_calls_a_host_silent() -> None:
    """The host answers, and we look only when the time of a request is over.

    It is two seconds, as a loaded machine takes a third of one by itself.
    What keeps the loop busy is the word of another host: then it looks at its clock before its sockets.
    """

    def serve(server: socket.socket, far: socket.socket) -> None:
        line, _ = server.accept()
        with line:
            line.recv(65536)
            far.send(b"x")
            time.sleep(0.1)
            line.sendall(http_answer(b"{}"))
            answered.set()
            line.recv(65536)

    answered = threading.Event()

    def dawdle(near: socket.socket) -> None:
        near.recv(1)
        assert answered.wait(60)
        time.sleep(2.5)

    async def work() -> Ending:
        near, far = socket.socketpair()
        with near, far, socket.create_server(("127.0.0.1", 0)) as server:
            answering = asyncio.ensure_future(asyncio.to_thread(serve, server, far))
            endpoint = Endpoint(address="127.0.0.1", port=server.getsockname()[1])
            session = Probing(timeouts=Timeouts(connect=2, request=2)).prober().open(endpoint, "http")
            loop = asyncio.get_running_loop()
            loop.add_reader(near, dawdle, near)
            reply = await session.ask(Question("GET", "/"))
            await session.close()
            await answering
            loop.remove_reader(near)
            return reply.ended

    assert loops.run(work()) is Ending.COMPLETE
