"""One connection of the sweep, from its first packet to its end."""

from __future__ import annotations

import select
import socket
import struct

from leakguard.models.targets import SweepEndpoint
from leakguard.probes.sweep.http_talk import HttpTalk

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""`struct linger`: a connection that we end is gone at once, and does not hold one of our ports for a minute."""


class Flight:
    """A socket on its way."""

    __slots__ = ("is_known", "is_listening", "is_watched", "round_trip", "serial", "sock", "spot", "started", "talk")

    def __init__(self, spot: SweepEndpoint, sock: socket.socket, started: float) -> None:
        self.spot = spot
        self.sock = sock
        self.started = started
        self.talk: HttpTalk | None = None
        self.serial = 0
        """Grows with each question, so that the deadline of an earlier one is known to be void; -1 at the end."""
        self.is_watched = False
        """Whether epoll knows the socket."""
        self.is_listening = False
        """Whether its talk waits for the first words of a host that may speak first."""
        self.round_trip = 0.0
        """Seconds that the connection took."""
        self.is_known = False
        """Whether somebody answered from that host before, so that a silence is asked about once more."""

    def has_news(self) -> bool:
        """Whether something has come that was not looked at yet."""
        poll = select.poll()
        poll.register(self.sock, select.POLLOUT if self.talk is None else select.POLLIN)
        return bool(poll.poll(0))

    def has_spoken(self) -> bool:
        """Whether words have come that nobody has read; not so where the line is dead."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK) != b""
        except OSError:
            return False


def new_socket(address: str) -> socket.socket:
    """A socket that does not block, and whose end is abrupt; raises `OSError` when the machine has none left."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    return sock


def number_of(address: str) -> tuple[int, int]:
    """The literal address that a socket is about to get, as a number and an IP version; raises `OSError`."""
    if ":" in address:
        return int.from_bytes(socket.inet_pton(socket.AF_INET6, address.partition("%")[0]), "big"), 6
    return int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big"), 4
