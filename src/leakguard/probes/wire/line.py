"""A line: one open connection, on which one question at a time is asked."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import cast

from leakguard.frozen import Frozen
from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled, Reader
from leakguard.probes.wire.kept import FreshConnection
from leakguard.probes.wire.large import Turn
from leakguard.probes.wire.tls import CertificateWanted
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand, Recorder, SentBytes

_SAID = 512
"""Bytes of a host's first words that are kept to recognise its protocol: the head of an answer and a sentence."""

_LONGEST_WAIT = 120.0
"""Seconds in which the turn of a large answer must come; the others' turns end by their own deadlines."""
_LOOK = 0.5
"""Seconds between two looks at whether others wait for the turn that the line's session has."""
_LATE = 0.05
"""Seconds by which an alarm of a loop that is not kept busy is never late."""
_GRACE = 0.1
"""Seconds in which a loop that was late hears what came while it was busy."""


class ExchangeResult(Frozen):
    """How one exchange went; the reader holds what came."""

    ended: Ending
    size: int = 0
    """Bytes that arrived, counted before any parsing."""
    waited: float = 0.0
    """Seconds in which nothing was read, since other large answers had their turn."""


class Line(asyncio.Protocol):
    """Counts what arrives, hands it to the reader of the question under way, and ends by the clock."""

    def __init__(
        self, address: str, port: int, recorder: Recorder | None, on_end: Callable[[], None] | None = None,
        *, reads_content: bool = False,
    ) -> None:  # fmt: skip
        """`on_end` is called once, when the socket is closed or about to be.

        Without `reads_content` no command that asks for records is ever written.
        """
        self._reads_content = reads_content
        self._peer = (address, port)
        self._recorder = recorder
        self._on_end = on_end
        self.turn: Turn | None = None
        """Of the session that the line belongs to: it says when a large answer may be read on."""
        self._alarm: asyncio.TimerHandle | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._since: float | None = None
        """Since when the line waits for its turn."""
        self._waited = 0.0
        self._transport: asyncio.Transport | None = None
        self._early = bytearray()
        self._reader: Reader | None = None
        self._waiter: asyncio.Future[Ending] | None = None
        self._left = 0
        self._size = 0
        self._deadline = 0.0
        self._lost: Ending | None = None
        self._listener: asyncio.Future[None] | None = None
        self.said = b""
        """The host's first words on this line, as they came."""

    @property
    def transport(self) -> asyncio.Transport:
        """What the line runs over."""
        if self._transport is None:  # pragma: no cover  (asyncio calls connection_made first)
            raise ForbiddenCommand("the line is not connected")
        return self._transport

    @property
    def usable(self) -> bool:
        """Whether another question may be asked: still open, and the host is not talking unasked."""
        return self._lost is None and not self._early and not self.transport.is_closing()

    def branch(self) -> FreshConnection:
        """The same connection, which then outlives this line; nothing may have been said on it."""
        sock = socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno()))
        sock.settimeout(0)
        return FreshConnection(sock=sock, said=bytes(self._early))

    def use(self, transport: asyncio.Transport) -> None:
        """Go on over another transport: the same connection, now in TLS."""
        self._transport = transport

    async def exchange(
        self, command: ReadCommand | None, reader: Reader, *, cap: int, deadline: float
    ) -> ExchangeResult:
        """Send `command`, or nothing to a host that speaks first, and read its answer.

        Until that is whole, `cap` bytes came, the host ends it, or the `deadline` on the loop's clock has come.
        A line that did not end `COMPLETE` must be closed.
        """
        loop = asyncio.get_running_loop()
        self._reader, self._left, self._size = reader, cap, 0
        self._waiter = loop.create_future()
        self._waited, self._deadline = 0.0, deadline
        self._ring(loop.call_at(deadline, self._late))
        self._looking = loop.call_later(_LOOK, self._look)
        try:
            if command is not None and self._lost is None:
                self.send(command)
            self._resume()
            return ExchangeResult(ended=await self._waiter, size=self._size, waited=self._waited)
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._ring(None)
            self._looking.cancel()
            self._reader = self._waiter = self._since = None
            if self.turn is not None:
                self.turn.add(self._size)

    async def overhear(self, until: float, is_enough: Callable[[bytes], bool]) -> bool:
        """Wait until the host has said enough unasked, or leaves, or the loop's clock shows `until`; whether it spoke.

        The network may bring a greeting in pieces, as small as one byte.
        """
        is_over = asyncio.get_running_loop().create_future()
        alarm = asyncio.get_running_loop().call_at(until, self._end_listening, is_over)
        try:
            while self._lost is None and not is_over.done() and not (self._early and is_enough(self.said)):
                self._listener = asyncio.get_running_loop().create_future()
                if self._early:
                    self.transport.resume_reading()
                await self._listener
        finally:
            alarm.cancel()
            self._listener = None
        return bool(self._early)

    def send(self, command: ReadCommand) -> None:
        """Write one read command. The only place in the program that writes to a host."""
        if not isinstance(command, ReadCommand):
            raise ForbiddenCommand("only a read command may be sent")
        if command.reads_content and not self._reads_content:
            raise ForbiddenCommand("this door was not made for commands that ask for records")
        if self._recorder is not None:
            address, port = self._peer
            self._recorder(SentBytes(address=address, port=port, kind=command.kind, data=command.data))
        self.transport.write(command.data)

    def close(self) -> None:
        """Drop the connection at once; a host that does not take part in closing cannot hold us."""
        if self._transport is not None:
            self._transport.abort()
        self._end()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio. Counts first: beyond the cap nothing is even parsed.

        What a host says before it is asked is kept for the question, one piece of it; more is not taken from the wire.
        """
        if len(self.said) < _SAID:
            self.said = (self.said + data)[:_SAID]
        if self._reader is None:
            self._early += data
            self.transport.pause_reading()
            self._stir()
            return
        piece = data[: self._left]
        self._size += len(piece)
        self._left -= len(piece)
        if not self._take(self._reader, piece, cut=self._left == 0):
            self._grow()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        is_wanted = isinstance(exc, CertificateWanted)
        self._lost = Ending.CLOSED if exc is None else Ending.CERTIFICATE if is_wanted else Ending.RESET
        self._end()
        self._stir()
        self._finish_lost(self._lost)

    def _stir(self) -> None:
        """Something happened on a line that is only listened to, or the time for it is over."""
        if self._listener is not None and not self._listener.done():
            self._listener.set_result(None)

    def _end_listening(self, is_over: asyncio.Future[None]) -> None:
        is_over.set_result(None)
        self._stir()

    def _grow(self) -> None:
        """Read on a large answer when it is its turn. Until then its own time stands still."""
        if self.turn is None or self.turn.admits(self._size, self._go_on):
            return
        loop = asyncio.get_running_loop()
        self.transport.pause_reading()
        self._since = loop.time()
        self._ring(loop.call_later(_LONGEST_WAIT, self._finish, Ending.SPENT))

    def _look(self) -> None:
        """A turn that others wait for ends, though the answer is not here; that says nothing of the host."""
        if self.turn is not None and self.turn.is_over:
            self._finish(Ending.SPENT)
        else:
            self._looking = asyncio.get_running_loop().call_later(_LOOK, self._look)

    def _go_on(self) -> None:
        if self._since is None or self.transport.is_closing():
            return
        loop = asyncio.get_running_loop()
        self._waited, self._since = self._waited + loop.time() - self._since, None
        self._ring(loop.call_at(self._deadline + self._waited, self._late))
        self.transport.resume_reading()

    def _end(self) -> None:
        """Give back what the line held; called more than once, does so once."""
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end()

    def _take(self, reader: Reader, piece: bytes, *, cut: bool) -> bool:
        """Whether the exchange is over with this piece."""
        try:
            whole = reader.feed(piece)
        except Garbled:
            self._finish(Ending.GARBLED)
            return True
        except Exception as error:  # noqa: BLE001  (a bug is the business of whoever asked, not of the whole loop)
            self._break(error)
            return True
        if whole or cut:
            self._finish(Ending.COMPLETE if whole else Ending.CAPPED)
        return whole or cut

    def _resume(self) -> None:
        """Hand over what came before the question, and listen again."""
        early, self._early = bytes(self._early), bytearray()
        if early:
            self.data_received(early)
        if self._lost is not None:
            self._finish_lost(self._lost)
        elif not self.transport.is_reading() and not self.transport.is_closing():
            self.transport.resume_reading()

    def _ring(self, alarm: asyncio.TimerHandle | None) -> None:
        """One alarm at a time."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = alarm

    def _late(self) -> None:
        """The time is over, unless we were late ourselves: then what has come meanwhile is heard first.

        A loop that was kept busy looks at its clock before it looks at its sockets.
        """
        loop = asyncio.get_running_loop()
        if loop.time() - self._deadline - self._waited > _LATE:
            self._ring(loop.call_later(_GRACE, self._finish, Ending.SILENT))
        else:
            self._finish(Ending.SILENT)

    def _finish_lost(self, lost: Ending) -> None:
        """A host that closes in good order may thereby have ended its answer."""
        whole = lost is Ending.CLOSED and self._reader is not None and self._reader.at_end()
        self._finish(Ending.COMPLETE if whole else lost)

    def _break(self, error: Exception) -> None:
        """A bug in a reader: the exchange under way raises it."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
            self._reader = None
        self.close()

    def _finish(self, ended: Ending) -> None:
        """End the exchange under way. After the end nothing more is taken in."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(ended)
            self._reader = None
            if ended is not Ending.COMPLETE:
                self.close()
