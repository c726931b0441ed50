"""Connections that are kept for the session that comes next: a host sees fewer of us, and some count the dropped."""

from __future__ import annotations

import asyncio
import socket
import struct

from leakguard.frozen import Frozen
from leakguard.probes.wire.handles import Handles

SECONDS = 5.0
"""How long a connection waits for its session; a server of MySQL waits ten for our first word."""
_SHARE = 4
"""Up to a quarter of the handles waits here; those of a sweep and of sessions must not run out."""
_IN_ORDER = struct.pack("ii", 0, 0)
"""`struct linger`: what we said last is still sent when the connection is closed."""
Place = tuple[str, int]


class FreshConnection(Frozen):
    """A connection in plain text on which we have said nothing yet."""

    sock: socket.socket
    said: bytes = b""
    """What the host said and was read already."""
    round_trip: float = 0.0
    """Seconds that the connection took, where that is known."""


class KeptConnections:
    """One connection for each place at most; it holds its handle until it is taken or dropped."""

    def __init__(self, handles: Handles) -> None:
        """`handles` is the budget from which those come that the connections hold."""
        self._handles = handles
        self._held: dict[Place, tuple[FreshConnection, asyncio.TimerHandle]] = {}

    def __contains__(self, place: Place) -> bool:
        return place in self._held

    def __del__(self) -> None:
        """The loop has ended before the time of some."""
        for held, _ in self._held.values():
            held.sock.close()

    def keep(self, place: Place, held: FreshConnection) -> None:
        """Its handle is kept with it; both are dropped at once where there is no room for it."""
        if place in self._held or len(self._held) >= self._handles.limit // _SHARE:
            self._drop(held)
            return
        self._held[place] = (held, asyncio.get_running_loop().call_later(SECONDS, self._expire, place))

    def take(self, place: Place) -> FreshConnection | None:
        """Whoever takes it has its handle as well; `None` where there is nothing, or no more than a dead line."""
        if place not in self._held:
            return None
        held, alarm = self._held.pop(place)
        alarm.cancel()
        if not _lives(held.sock):
            self._drop(held)
            return None
        held.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _IN_ORDER)
        return held

    def _expire(self, place: Place) -> None:
        self._drop(self._held.pop(place)[0])

    def _drop(self, held: FreshConnection) -> None:
        held.sock.close()
        self._handles.give()


def _lives(sock: socket.socket) -> bool:
    try:
        return sock.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
