"""The door: every connection of this program is opened here, after the gate and the rate have been asked."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from leakguard.errors import OutOfScope
from leakguard.models.observations import Ending, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.probes.timeouts import Patience
from leakguard.probes.wire import tls as tls_wire
from leakguard.probes.wire.line import Line, tls_of
from leakguard.probes.wire.rate import Rate
from leakguard.probes.wire.verbs import Recorder, Sent

Gate = Callable[[Endpoint], None]

_OURS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EPERM, errno.EACCES}
)
"""Errors of our own machine, out of sockets or held back by its firewall: the host was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A line, or why there is none."""

    ended: Ending = Ending.COMPLETE
    line: Line | None = None
    tls: TlsSeen | None = None
    handshake_failed: bool = False
    """The port is open, but what it speaks is not TLS, or not a TLS that we can speak."""

    @property
    def untrusted(self) -> bool:
        """All is well but for the trust store, which does not vouch for the certificate."""
        return self.line is None and self.ended is Ending.COMPLETE


class Door:
    """Opens lines for all sessions of one run."""

    def __init__(self, *, gate: Gate, rate: Rate, recorder: Recorder | None) -> None:
        """`gate` raises `OutOfScope` for an endpoint whose address may not be connected to."""
        self._gate = gate
        self._rate = rate
        self._recorder = recorder
        self._untrusted: set[tuple[str, int, str | None]] = set()

    async def open(self, endpoint: Endpoint, patience: Patience) -> Opened:
        """Connect in plain text. The gate is asked here, about the literal address, each time."""
        try:
            self._gate(endpoint)
        except OutOfScope:
            return Opened(ended=Ending.BLOCKED)
        patience.forgive(await self._rate.wait(endpoint.address, endpoint.host))
        if self._recorder is not None:
            self._recorder(Sent(address=endpoint.address, port=endpoint.port, kind="connect"))
        return await self._connect(endpoint, patience)

    async def open_tls(self, endpoint: Endpoint, patience: Patience) -> Opened:
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

    async def _open_tls(self, endpoint: Endpoint, patience: Patience, *, verify: bool) -> Opened:
        opened = await self.open(endpoint, patience)
        if opened.line is None:
            return opened
        return await self.upgrade(opened.line, endpoint, patience, verify=verify)

    async def upgrade(self, line: Line, endpoint: Endpoint, patience: Patience, *, verify: bool) -> Opened:
        """Speak TLS on an open line. `COMPLETE` without a line: the trust store says no, and only that.

        A host that spoke first, or has gone, is not waiting for TLS.
        """
        if not line.usable:
            line.close()
            return Opened(ended=Ending.CLOSED, handshake_failed=True)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(patience.handshake_by):
                transport = await loop.start_tls(
                    line.transport,
                    line,
                    tls_wire.context(verify=verify),
                    server_hostname=endpoint.host or endpoint.address,
                )
        except ssl.SSLCertVerificationError:
            line.close()
            return Opened(ended=Ending.COMPLETE)
        except (OSError, ValueError) as error:
            line.close()
            return Opened(ended=_handshake_ending(error), handshake_failed=not isinstance(error, TimeoutError))
        except asyncio.CancelledError:
            line.close()
            raise
        return _secured(line, transport, verify=verify)

    async def _connect(self, endpoint: Endpoint, patience: Patience) -> Opened:
        loop = asyncio.get_running_loop()
        line = Line(endpoint.address, endpoint.port, self._recorder)
        try:
            async with asyncio.timeout_at(patience.connect_by):
                await loop.create_connection(lambda: line, endpoint.address, endpoint.port)
        except OSError as error:
            line.close()
            return Opened(ended=_connect_ending(error))
        except asyncio.CancelledError:
            line.close()
            raise
        return Opened(line=line)


def _secured(line: Line, transport: asyncio.Transport | None, *, verify: bool) -> Opened:
    """The line in TLS, with what the host showed; a host may be gone again right after its handshake."""
    session = None if transport is None else tls_of(transport)
    if transport is None or session is None:
        line.close()
        return Opened(ended=Ending.CLOSED, handshake_failed=True)
    line.use(transport)
    return Opened(line=line, tls=tls_wire.seen(session, verified=verify))


def _connect_ending(error: OSError) -> Ending:
    if isinstance(error, TimeoutError):
        return Ending.FILTERED
    if isinstance(error, ConnectionError):
        return Ending.REFUSED
    return Ending.BLOCKED if error.errno in _OURS else Ending.UNREACHABLE


def _handshake_ending(error: Exception) -> Ending:
    if isinstance(error, TimeoutError):
        return Ending.SILENT
    if isinstance(error, ConnectionResetError):
        return Ending.RESET
    return Ending.CLOSED if isinstance(error, ConnectionError) else Ending.GARBLED
