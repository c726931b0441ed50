"""The door: every connection of this program is opened here, after the gate and the rate have been asked."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Callable

from leakguard.errors import OutOfScope
from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.probes.timeouts import Patience
from leakguard.probes.wire import tls as tls_wire
from leakguard.probes.wire.endings import SCARCE, connect_ending, handshake_ending
from leakguard.probes.wire.gates import counts_drops, is_whole_word
from leakguard.probes.wire.handles import Handles, of_process
from leakguard.probes.wire.kept import KeptConnections
from leakguard.probes.wire.large import Lanes, Turn
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.rate import Rate
from leakguard.probes.wire.verbs import Recorder, SentBytes

Gate = Callable[[Endpoint], None]

_NO_HANDLE = (errno.EMFILE, errno.ENFILE)
_PAUSES = (0.2, 1.0)
"""Seconds after which a connection is tried once more that our own machine had no means for."""
_ASK_AGAIN_AFTER = 1.0
"""Seconds of waiting after which the gate is asked once more: a scope may have run out meanwhile."""
_LONGEST_WAIT = 120.0
"""Seconds in which a handle must come free; every other session ends sooner, so a longer wait is a fault of ours."""


class OpenedLine(Frozen, hidden=("said",)):
    """A line, or why there is none."""

    ended: Ending = Ending.COMPLETE
    line: Line | None = None
    tls: TlsSeen | None = None
    handshake_failed: bool = False
    """The port is open, but what it speaks is not TLS, or not a TLS that we can speak."""
    error: int | None = None
    """The number of the system's own error; of use where `ended` is `BLOCKED`."""
    said: bytes = b""
    """The first words of a host whose line is left to the session that speaks its protocol."""

    @property
    def untrusted(self) -> bool:
        """All is well but for the trust store, which does not vouch for the certificate."""
        return self.line is None and self.ended is Ending.COMPLETE


class Door:
    """Opens lines for all sessions of one run."""

    reads_content = False
    """Whether its lines may ask for records; only the door of `probes.sampling` may."""

    def __init__(
        self, *, gate: Gate, rate: Rate, recorder: Recorder | None, handles: Handles | None = None,
        kept: KeptConnections | None = None,
    ) -> None:  # fmt: skip
        """`gate` raises `OutOfScope` for an endpoint whose address may not be connected to.

        `handles` is the budget of sockets that the whole process shares; without it, all that its limit leaves.
        `kept` are connections that the sweep leaves to sessions.
        """
        self._gate = gate
        self._rate = rate
        self._recorder = recorder
        self._handles = handles or of_process()
        self._kept = kept or KeptConnections(self._handles)
        self._large = Lanes()
        self.connections = 0
        """How many were tried."""
        self._untrusted: set[tuple[str, int, str | None]] = set()
        self._trusting: asyncio.Future[ssl.SSLContext] | None = None

    def turn(self) -> Turn:
        """What one session may hold of large answers."""
        return self._large.turn(asyncio.get_running_loop().time)

    async def open(
        self, endpoint: Endpoint, patience: Patience, *, further: bool = False, is_counted: bool = False
    ) -> OpenedLine:  # fmt: skip
        """Connect in plain text. The gate is asked here, about the literal address, each time.

        `further` for a second line beside an open one. What our own machine has no means for is tried once more.
        Unless whoever opens it speaks the protocol (`is_counted`), a line on which a host has greeted that counts
        dropped connections is left to the session that does: `GARBLED`, with its words.
        """
        opened = await self._open_any(endpoint, patience, further=further)
        if further or opened.line is None:
            return opened
        if patience.visit.speaks_first is not False:  # whoever is known to wait for our words is not waited for
            patience.visit.speaks_first = await _overhear(opened.line, patience, is_whole_word)
        if is_counted or not counts_drops(opened.line.said):
            return opened
        self.keep(endpoint, opened.line)
        opened.line.close()
        return OpenedLine(ended=Ending.GARBLED, said=opened.line.said)

    async def _open_any(self, endpoint: Endpoint, patience: Patience, *, further: bool) -> OpenedLine:
        """A line that is kept, or a new one."""
        if not further and (kept := await self._taken(endpoint, patience)) is not None:
            return OpenedLine(line=kept)
        for pause in _PAUSES:
            opened = await self._open(endpoint, patience, further=further)
            if opened.error not in SCARCE:
                return opened
            await asyncio.sleep(pause)
            patience.forgive(pause)
        return await self._open(endpoint, patience, further=further)

    def keep(self, endpoint: Endpoint, line: Line) -> None:
        """Leave a line on which we said nothing to whoever opens one to the same place next, within two seconds."""
        if self._handles.try_take():
            self._kept.keep((endpoint.address, endpoint.port), line.branch())

    async def _taken(self, endpoint: Endpoint, patience: Patience) -> Line | None:
        """What is kept for the place, if the gate still admits it."""
        place = (endpoint.address, endpoint.port)
        held = self._kept.take(place) if place in self._kept and self._admits(endpoint) else None
        if held is None:
            return None
        patience.visit.round_trip = held.round_trip
        line = self._new_line(endpoint)
        try:
            await asyncio.get_running_loop().create_connection(lambda: line, sock=held.sock)
        except (OSError, asyncio.CancelledError) as error:
            held.sock.close()
            line.close()
            if isinstance(error, asyncio.CancelledError):
                raise
            return None
        if held.said:
            line.data_received(held.said)
        return line

    async def _open(self, endpoint: Endpoint, patience: Patience, *, further: bool) -> OpenedLine:
        time = asyncio.get_running_loop().time
        began = time()
        if not self._admits(endpoint) or not await self._may_go(endpoint, patience, further=further):
            return OpenedLine(ended=Ending.BLOCKED)
        if time() - began > _ASK_AGAIN_AFTER and not self._admits(endpoint):
            self._handles.give()
            return OpenedLine(ended=Ending.BLOCKED)
        if self._recorder is not None:
            self._recorder(SentBytes(address=endpoint.address, port=endpoint.port, kind="connect"))
        return await self._connect(endpoint, patience)

    def felt(self, endpoint: Endpoint, ended: Ending) -> None:
        """How an exchange ended: a host that resets a line gets new ones more slowly, until it answers again."""
        if ended is Ending.RESET:
            self._rate.strain(endpoint.address)
        elif ended is Ending.COMPLETE:
            self._rate.ease(endpoint.address)

    def _admits(self, endpoint: Endpoint) -> bool:
        try:
            self._gate(endpoint)
        except OutOfScope:
            return False
        return True

    async def _may_go(self, endpoint: Endpoint, patience: Patience, *, further: bool) -> bool:
        """Wait for the rate, then for a handle; whether there is one. Our own queues are not the host's delay.

        After a wait for a handle the rate is asked once more: connections that queued up must not go out together.
        """
        patience.forgive(await self._rate.wait(endpoint.address, endpoint.host))
        if self._handles.try_take():
            return True
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                await self._handles.take(further=further)
        except TimeoutError:
            return False
        try:
            await self._rate.wait(endpoint.address, endpoint.host)
        except asyncio.CancelledError:
            self._handles.give()
            raise
        patience.forgive(loop.time() - began)
        return True

    async def open_tls(self, endpoint: Endpoint, patience: Patience) -> OpenedLine:
        """Connect and speak TLS: first asking the trust store, then, if it says no, without it.

        What it said no to once is not asked about again: each question costs the host a connection.
        """
        place = (endpoint.address, endpoint.port, endpoint.host)
        if place not in self._untrusted:
            opened = await self._open_tls(endpoint, patience, verify=True)
            if not opened.untrusted:
                return opened
            self._untrusted.add(place)
        return await self._open_tls(endpoint, patience, verify=False)

    async def _open_tls(self, endpoint: Endpoint, patience: Patience, *, verify: bool) -> OpenedLine:
        await self._context(patience, verify=verify)  # before the host waits for our first word
        opened = await self.open(endpoint, patience)
        if opened.line is None:
            return opened
        return await self.upgrade(opened.line, endpoint, patience, verify=verify)

    async def upgrade(self, line: Line, endpoint: Endpoint, patience: Patience, *, verify: bool) -> OpenedLine:
        """Speak TLS on an open line. `COMPLETE` without a line: the trust store says no, and only that.

        A host that spoke first, or has gone, is not waiting for TLS.
        """
        loop = asyncio.get_running_loop()
        context = await self._context(patience, verify=verify)
        if not line.usable:
            line.close()
            return OpenedLine(ended=Ending.GARBLED if line.said else Ending.CLOSED, handshake_failed=True)
        name = endpoint.host or endpoint.address
        try:
            async with asyncio.timeout_at(patience.handshake_by):
                transport = await loop.start_tls(line.transport, line, context, server_hostname=name)
        except ssl.SSLCertVerificationError:
            line.close()
            return OpenedLine(ended=Ending.COMPLETE)
        except (OSError, ValueError) as error:
            line.close()
            patience.visit.speaks_first = None  # what came instead of TLS may be a late greeting
            return OpenedLine(ended=handshake_ending(error), handshake_failed=not isinstance(error, TimeoutError))
        except asyncio.CancelledError:
            line.close()
            raise
        opened = _secured(line, transport, verify=verify)
        if opened.line is not None and tls_wire.asks(line.transport):
            # A word of ours to a server that takes nobody without a certificate brings a reset, and its alert is lost.
            await _overhear(line, patience, bool)
        return opened

    async def _context(self, patience: Patience, *, verify: bool) -> ssl.SSLContext:
        """Reading the trust store takes 50 ms, which nobody else has to wait for: it is read once, in a thread."""
        if not verify:
            return tls_wire.context(verify=False)
        if self._trusting is None:
            self._trusting = asyncio.ensure_future(asyncio.to_thread(tls_wire.context, verify=True))
        if not self._trusting.done():
            time = asyncio.get_running_loop().time
            began = time()
            await asyncio.shield(self._trusting)
            patience.forgive(time() - began)
        return self._trusting.result()

    async def _connect(self, endpoint: Endpoint, patience: Patience) -> OpenedLine:
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.connections += 1
        line = self._new_line(endpoint)
        try:
            async with asyncio.timeout_at(patience.connect_by):
                await loop.create_connection(lambda: line, endpoint.address, endpoint.port)
        except OSError as error:
            line.close()
            if error.errno in _NO_HANDLE:
                self._handles.shrink()
            return OpenedLine(ended=connect_ending(error, endpoint.address), error=error.errno)
        except asyncio.CancelledError:
            line.close()
            raise
        patience.visit.round_trip = loop.time() - began
        return OpenedLine(line=line)

    def _new_line(self, endpoint: Endpoint) -> Line:
        """Not connected yet; gives its handle back when it ends."""
        return Line(
            endpoint.address, endpoint.port, self._recorder, on_end=self._handles.give, reads_content=self.reads_content
        )


async def _overhear(line: Line, patience: Patience, is_enough: Callable[[bytes], bool]) -> bool:
    """Say nothing for a moment; whether the host speaks."""
    try:
        return await line.overhear(patience.first_word_by, is_enough)
    except asyncio.CancelledError:
        line.close()
        raise


def _secured(line: Line, transport: asyncio.Transport | None, *, verify: bool) -> OpenedLine:
    """The line in TLS, with what the host showed; a host may be gone again right after its handshake."""
    session = None if transport is None else tls_wire.session_of(transport)
    if transport is None or session is None:
        line.close()
        return OpenedLine(ended=Ending.CLOSED, handshake_failed=True)
    line.use(transport)
    return OpenedLine(line=line, tls=tls_wire.seen(session, verified=verify))
