"""How a sweep gets out of the machine, and what the machine and the network say to it."""

from __future__ import annotations

import errno
from collections.abc import Callable

from leakguard.errors import OutOfScope
from leakguard.frozen import Frozen
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.ports import SweepWatcher
from leakguard.probes.sweep.flight import number_of
from leakguard.probes.wire.door import Gate
from leakguard.probes.wire.handles import Handles
from leakguard.probes.wire.interfaces import is_of_network
from leakguard.probes.wire.kept import KeptConnections
from leakguard.probes.wire.rate import Rate
from leakguard.probes.wire.verbs import Recorder, SentBytes

CONNECTED = frozenset({0, errno.EISCONN})
PENDING = frozenset({errno.EINPROGRESS, errno.EALREADY})
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EAGAIN})
"""Our own machine has nothing left: the spot waits, and says nothing about the host."""
OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE})
_RESET = frozenset({errno.ECONNRESET, errno.EPIPE})
"""Somebody accepted and hung up: the port is not closed."""


_OURS = {
    errno.ENETUNREACH: "this machine has no route there",
    errno.EHOSTUNREACH: "this machine has no route there",
    errno.ENETDOWN: "this machine's network is down",
    errno.EPERM: "a firewall on this machine forbids it",
    errno.EACCES: "a rule on this machine forbids it",
    errno.EAFNOSUPPORT: "this machine does not speak this version of IP",
    errno.EINVAL: "this machine cannot use the address",
}
"""No way out of our own machine: the host was not asked, and why."""
NO_ADDRESS = "this machine has no address to ask from"
INTERFACE_DOWN = "the network interface of this machine is down"
LOSSY = "its network loses most connections however slowly it is asked; a lower --rate may hear more"
"""A silence there says nothing of the host."""
OUTSIDE = "the address was outside the scope when it was to be asked"


class Bounds(Frozen):
    """What the sweep keeps to."""

    connect: float = 3.0
    """Seconds for a connection."""
    answer: float = 5.0
    """Seconds for the answer to a question."""
    endpoint: float = 30.0
    """Seconds for all that is asked on the line, and by the sessions that follow it."""


class Ways(Frozen):
    """How the sweep of a run gets out of the machine."""

    gate: Gate
    """Raises `OutOfScope` for a named endpoint that may not be connected to."""
    plain: Callable[[int, int, int], bool]
    """Whether a plain address, as a number of an IP version, may be connected to on a port."""
    rate: Rate
    handles: Handles
    bounds: Bounds
    user_agent: str
    recorder: Recorder | None = None
    kept: KeptConnections
    """Takes connections that sessions go on with."""

    def admits(self, spot: SweepEndpoint, endpoint: Endpoint | None) -> bool:
        """Whether the spot may be connected to; the gate is asked here, about the literal address, each time."""
        if endpoint is None:
            return self.plain(*number_of(spot.address), spot.port)
        try:
            self.gate(endpoint)
        except OutOfScope:
            return False
        return True

    def record(self, spot: SweepEndpoint, kind: str, data: bytes = b"") -> None:
        """Tell the recorder, if there is one, what is about to leave."""
        if self.recorder is not None:
            self.recorder(SentBytes(address=spot.address, port=spot.port, kind=kind, data=data))


def name_of(watcher: SweepWatcher, spot: SweepEndpoint) -> str | None:
    """The host name of a spot, where it has one."""
    endpoint = watcher.named(spot)
    return endpoint.host if endpoint is not None else None


def ending_of(code: int, address: str) -> Ending:
    """What the error of a connection says about the host at `address`."""
    if code == errno.ECONNREFUSED:
        return Ending.REFUSED
    if code in _RESET:
        return Ending.RESET
    if code == errno.ETIMEDOUT:
        return Ending.FILTERED
    return Ending.BLOCKED if why_of(code, address) else Ending.UNREACHABLE


def why_of(code: int, address: str) -> str:
    """Why our own machine could not ask; empty where it is the host or the network that said so."""
    return "" if is_of_network(code, address) else _OURS.get(code, "")
