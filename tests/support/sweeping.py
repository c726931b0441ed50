"""A sweep over spots of our own, and a watcher that notes what it is told."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

from leakguard.models.observations import Ending, Reply
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.ports import Contact, PortConversation, Request
from leakguard.probes.prober import NetworkProber
from leakguard.probes.sweep.sweep import Sweep
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.handles import Handles
from leakguard.probes.wire.verbs import SentBytes
from support.probing import Question, token

AT_ONCE = Limits(total=1e6, per_host=1e6, per_network=1e6, per_name=1e6)


@dataclass
class Script:
    """A contact that asks its questions one after the other, and keeps the replies."""

    questions: Sequence[Question] = (Question("GET", "/"),)
    replies: list[Reply] = field(default_factory=list)
    has_given_up: bool = False

    def first(self) -> Request:
        return self.questions[0]

    def answered(self, reply: Reply) -> Request | None:
        self.replies.append(reply)
        return self.questions[len(self.replies)] if len(self.replies) < len(self.questions) else None

    def give_up(self) -> None:
        self.has_given_up = True


@dataclass
class Notes:
    """What a sweep told; `contacts` makes who asks at an open port."""

    contacts: Callable[[SweepEndpoint], Contact | None] = lambda _: None
    endpoints: dict[int, Endpoint] = field(default_factory=dict)
    """Spots that have a name, by their position."""
    told: dict[int, str] = field(default_factory=dict)
    talks: list[PortConversation] = field(default_factory=list)
    times: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    lost_times: int = 0
    after: Callable[[], None] = lambda: None
    """Called whenever something was told."""
    known_open: frozenset[int] = frozenset()
    """The positions of those that were open in an earlier run."""
    may: Callable[[], bool] = lambda: True
    """Whether anything may be opened now."""

    def may_go_on(self) -> bool:
        return self.may()

    def named(self, spot: SweepEndpoint) -> Endpoint | None:
        return self.endpoints.get(spot.position)

    def contact(self, spot: SweepEndpoint) -> Contact | None:
        return self.contacts(spot)

    def exposed_before(self, spots: Sequence[SweepEndpoint]) -> Sequence[SweepEndpoint]:
        return [spot for spot in spots if spot.position in self.known_open]

    def refused(self, spots: Sequence[SweepEndpoint]) -> None:
        for spot in spots:
            self._tell(spot, "refused")

    def ended(self, spot: SweepEndpoint, ended: Ending, why: str = "") -> None:
        self.reasons[why] += bool(why)
        self._tell(spot, ended.value)

    def network_lost(self) -> None:
        self.lost_times += 1

    def opened(self, spot: SweepEndpoint, *, is_connected: bool = False) -> None:
        del is_connected
        self._tell(spot, "open")

    def talked(self, spot: SweepEndpoint, talk: PortConversation) -> None:
        self.talks.append(talk)
        self._tell(spot, "whole" if talk.is_whole else "undecided")

    def broke(self, spot: SweepEndpoint, error: Exception) -> None:
        self._tell(spot, f"a bug: {type(error).__name__}")

    def _tell(self, spot: SweepEndpoint, word: str) -> None:
        self.told[spot.position] = word
        self.times[spot.position] += 1
        self.after()


@dataclass
class Sweeps:
    """How the sweeps of a test get out, and all that left."""

    allowed: str = "127.0.0.0/8"
    limits: Limits = AT_ONCE
    timeouts: Timeouts = field(default_factory=lambda: Timeouts(connect=0.3, request=0.5))
    handles: Handles | None = None
    sent: list[SentBytes] = field(default_factory=list)

    def over(self, spots: Iterable[SweepEndpoint], notes: Notes, *, first: int = 0) -> Sweep:
        """The sweep, ready to be run."""
        return self.prober().sweep(iter(spots), notes, first=first)

    def prober(self) -> NetworkProber:
        """Whose sweep and sessions belong together."""
        network = ipaddress.ip_network(self.allowed)
        inside = range(int(network[0]), int(network[-1]) + 1)
        return NetworkProber(
            gate=lambda _: None, limits=self.limits, user_agent="leakguard/test (owner@example.org)", token=token,
            recorder=self.sent.append, timeouts=self.timeouts, handles=self.handles,
            plain=lambda number, version, _port: version == network.version and number in inside,
        )  # fmt: skip


def spots_of(places: Iterable[tuple[str, int]], *, first: int = 0) -> list[SweepEndpoint]:
    """Places as spots, in their order."""
    return [SweepEndpoint(first + number, number, address, port) for number, (address, port) in enumerate(places)]


@contextmanager
def listening(count: int, address: str = "127.0.0.1", *, backlog: int = 64) -> Iterator[list[int]]:
    """Open ports on loopback that accept and say nothing."""
    socks = []
    try:
        for _ in range(count):
            sock = socket(AF_INET, SOCK_STREAM)
            sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            socks.append(sock)
            sock.bind((address, 0))
            sock.listen(backlog)
        yield [sock.getsockname()[1] for sock in socks]
    finally:
        for sock in socks:
            sock.close()


@contextmanager
def full_queues(*addresses: str) -> Iterator[list[socket]]:
    """An open port on each, whose queue takes one connection until somebody accepts it."""
    with ExitStack() as stack:
        socks = [stack.enter_context(socket(AF_INET, SOCK_STREAM)) for _ in addresses]
        for sock, address in zip(socks, addresses, strict=True):
            sock.bind((address, 0))
            sock.listen(0)
        yield socks


@contextmanager
def never_answering() -> Iterator[int]:
    """A port whose queue of connections is full, so that the kernel answers no further one."""
    with listening(1, backlog=0) as (port,):
        fillers = [socket(AF_INET, SOCK_STREAM) for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)  # noqa: FBT003  (the socket's own signature)
            filler.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for filler in fillers:
                filler.close()


@contextmanager
def closed_ports(count: int) -> Iterator[list[int]]:
    """Ports that nobody listens on, held so that nobody else gets them."""
    socks = [socket(AF_INET, SOCK_STREAM) for _ in range(count)]
    try:
        for sock in socks:
            sock.bind(("127.0.0.1", 0))
        yield [sock.getsockname()[1] for sock in socks]
    finally:
        for sock in socks:
            sock.close()


async def swept(sweep: Sweep) -> None:
    """Run a sweep, never for longer than a test may take."""
    await asyncio.wait_for(sweep.run(), 20)
