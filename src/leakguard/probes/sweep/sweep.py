"""The sweep itself: bursts of connections, one epoll, deadlines in queues; nothing waits for a single host."""

from __future__ import annotations

import asyncio
import errno
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from leakguard.errors import OutOfScope
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint, Spot
from leakguard.ports import Contact, SweepWatcher
from leakguard.probes.sweep.deadlines import Deadlines
from leakguard.probes.sweep.flight import Flight, drop, new_socket, number_of
from leakguard.probes.sweep.http_talk import HttpTalk
from leakguard.probes.sweep.neighbours import Neighbours
from leakguard.probes.sweep.queue import SpotQueue
from leakguard.probes.wire.commands.table import TLS_PORTS
from leakguard.probes.wire.door import Gate
from leakguard.probes.wire.handles import Handles
from leakguard.probes.wire.rate import Rate
from leakguard.probes.wire.verbs import ReadCommand, Recorder, Sent

BURST = 256
"""Connections opened before the loop looks at answers again: measured best among powers of two."""
EVENTS = 512
"""Answers looked at in one turn, so that the other work of the process gets its own."""
TICK = 0.05
"""Seconds between two looks at the deadlines."""
READ_BYTES = 64 * 1024
"""Read from one line in one turn."""
_CONNECTED = frozenset({0, errno.EISCONN})
_PENDING = frozenset({errno.EINPROGRESS, errno.EALREADY})
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EAGAIN})
"""Our own machine has nothing left: the spot waits, and says nothing about the host."""
_REFUSED = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE})
_OURS = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EPERM, errno.EACCES, errno.EAFNOSUPPORT, errno.EINVAL})
"""No way out of our own machine: the host was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the sweep keeps to."""

    connect: float = 3.0
    """Seconds for a connection."""
    answer: float = 5.0
    """Seconds for the answer to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the sweep of a run gets out of the machine."""

    gate: Gate
    """Raises `OutOfScope` for a named endpoint that may not be connected to."""
    plain: Callable[[int, int], bool]
    """Whether a plain address, as a number of an IP version, may be connected to."""
    rate: Rate
    handles: Handles
    bounds: Bounds
    user_agent: str
    recorder: Recorder | None = None


def window_of(handles: int) -> int:
    """How many connections a sweep holds at once with so many handles; the rest is left to examinations."""
    return max(1, handles - handles // 4)


class Sweep:
    """Sweeps the spots of one part of a run; `run` may be called once, inside an event loop."""

    def __init__(self, spots: Iterator[Spot], watcher: SweepWatcher, ways: Ways, *, first: int = 0) -> None:
        """`spots` from position `first` on are new, those before it come again."""
        self._watcher = watcher
        self._ways = ways
        self._rate = ways.rate
        self._queue = SpotQueue(spots, ways.rate, self._name, first)
        self._window = window_of(ways.handles.limit)
        self._flights: dict[int, Flight] = {}
        self._deadlines = Deadlines()
        self._neighbours = Neighbours()
        self.connections = 0
        """How many were tried."""
        self._left: list[int] = []
        """Positions that were in flight when the sweep was ended before its time."""
        self._spare: dict[bool, socket.socket] = {}
        self._is_near = True
        self._is_paused = False
        self._is_due = False
        self._epoll = select.epoll()
        self._done: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def next_position(self) -> int:
        """The position behind the last spot that was drawn."""
        return self._queue.next_position

    @property
    def in_flight(self) -> int:
        """How many sockets are open."""
        return len(self._flights)

    def pending(self) -> Iterator[int]:
        """The positions that were drawn and not told of yet."""
        yield from self._queue.pending()
        yield from (flight.spot.position for flight in self._flights.values())
        yield from self._left

    async def run(self) -> None:
        """Sweep until every spot was told of."""
        self._loop = loop = asyncio.get_running_loop()
        self._done = loop.create_future()
        loop.add_reader(self._epoll.fileno(), self._guard, self._turn)
        ticking = loop.call_later(TICK, self._guard, self._tick)
        try:
            self._again()
            await self._done
        finally:
            ticking.cancel()
            self._done = None
            loop.remove_reader(self._epoll.fileno())
            for flight in tuple(self._flights.values()):
                self._left.append(flight.spot.position)
                self._end(flight)
            for sock in self._spare.values():
                drop(sock)
            self._epoll.close()

    def pause(self) -> None:
        """Open no more for now: whoever is told has enough to do."""
        self._is_paused = True

    def resume(self) -> None:
        """Go on."""
        if self._is_paused:
            self._is_paused = False
            self._again()

    def _again(self, delay: float = 0.0) -> None:
        """Have another burst soon, unless one is due already."""
        if self._is_due or self._loop is None:
            return
        self._is_due = True
        if delay:
            self._loop.call_later(delay, self._guard, self._burst)
        else:
            self._loop.call_soon(self._guard, self._burst)

    def _guard(self, step: Callable[[], None]) -> None:
        """A bug in a callback of the loop ends the sweep; the loop alone would only log it, and wait for ever."""
        if self._done is None or self._done.done():
            return
        try:
            step()
        except Exception as error:  # noqa: BLE001  (handed to whoever waits for the sweep)
            self._done.set_exception(error)

    def _tick(self) -> None:
        now = time.monotonic()
        for flight in self._deadlines.due(now):
            self._late(flight, now)
        if self._loop is not None:
            self._loop.call_later(TICK, self._guard, self._tick)
            self._again()

    def _burst(self) -> None:
        self._is_due = False
        if self._queue.is_empty and not self._flights:
            self._finish()
            return
        room = min(BURST, self._window - len(self._flights), self._ways.handles.limit - self._ways.handles.taken)
        if self._is_paused or room <= 0 or self._queue.is_empty:
            return
        granted, delay = self._rate.try_some(room, time.monotonic())
        opened = self._open_some(granted) if granted else 0
        if not granted or opened == granted:
            self._again(delay)

    def _finish(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _open_some(self, granted: int) -> int:
        """Open up to `granted` connections; how many spots were taken. Fewer: wait for the tick or an event."""
        taken = skipped = 0
        refused: list[Spot] = []
        now = time.monotonic()
        for spot in self._queue.draw(granted, now):
            taken += 1
            sock = self._socket(spot) if self._is_wanted(spot) else None
            if sock is None:
                skipped += 1
                continue
            if self._ways.recorder is not None:
                self._record(spot, "connect", b"")
            place = (spot.address, spot.port)
            code = sock.connect_ex(place)
            if code == errno.EINPROGRESS and self._is_near:
                code = sock.connect_ex(place)  # a host next door has answered by now
            if code == errno.ECONNREFUSED:
                refused.append(spot)
                self._spare[":" in spot.address] = sock
            else:
                self._go_on(spot, sock, code, now)
        self.connections += taken - skipped
        if refused:
            self._watcher.refused(refused)
        self._is_near = len(refused) * 8 > taken or (self._is_near and bool(refused))
        return taken

    def _name(self, spot: Spot) -> str | None:
        endpoint = self._watcher.named(spot)
        return endpoint.host if endpoint is not None else None

    def _is_wanted(self, spot: Spot) -> bool:
        """Whether the spot may be connected to, and whether the sweep is who does it; else it is told of here."""
        endpoint = self._watcher.named(spot)
        if not self._is_admitted(spot, endpoint):
            self._watcher.ended(spot, Ending.BLOCKED)
            return False
        if endpoint is not None and self._contact(spot) is None:
            self._watcher.opened(spot)
            return False
        return True

    def _is_admitted(self, spot: Spot, endpoint: Endpoint | None) -> bool:
        """The gate is asked here, about the literal address, each time."""
        if endpoint is None:
            return self._ways.plain(*number_of(spot.address))
        try:
            self._ways.gate(endpoint)
        except OutOfScope:
            return False
        return True

    def _contact(self, spot: Spot) -> Contact | None:
        return None if spot.port in TLS_PORTS else self._watcher.contact(spot)

    def _socket(self, spot: Spot) -> socket.socket | None:
        """A socket that a refusal left behind, or a new one; none where the machine has no more."""
        spare = self._spare.pop(":" in spot.address, None)
        if spare is not None:
            return spare
        try:
            return new_socket(spot.address)
        except OSError as error:
            self._lack(spot, error.errno)
            return None

    def _lack(self, spot: Spot, code: int | None) -> None:
        """Nothing left on this machine: keep to what is open now, and try the spot again later."""
        if code in {errno.EMFILE, errno.ENFILE}:
            self._ways.handles.shrink()
        self._queue.put_back(spot, time.monotonic() + TICK)

    def _go_on(self, spot: Spot, sock: socket.socket, code: int, now: float) -> None:
        """A connection that is not simply refused."""
        if code in _PENDING | _CONNECTED and not self._ways.handles.try_take():
            drop(sock)
            self._queue.put_back(spot, now + TICK)
        elif code in _PENDING:
            flight = Flight(spot, sock, now)
            flight.is_known = self._neighbours.is_alive(spot.address)
            self._flights[sock.fileno()] = flight
            flight.is_watched = True
            self._epoll.register(sock, select.EPOLLOUT)
            self._deadlines.add(flight, self._neighbours.patience(spot.address, self._ways.bounds.connect), now)
        elif code in _CONNECTED:
            flight = self._flights[sock.fileno()] = Flight(spot, sock, now)
            self._connected(flight, now)
        elif code in _EXHAUSTED:
            drop(sock)
            self._lack(spot, code)
        else:
            drop(sock)
            self._fail(spot, code)

    def _turn(self) -> None:
        """Look at what came."""
        now = time.monotonic()
        for descriptor, _ in self._epoll.poll(0, EVENTS):
            flight = self._flights.get(descriptor)
            if flight is None:
                continue
            if flight.talk is None:
                self._settle(flight, now)
            else:
                self._hear(flight, flight.talk, now)
        self._again()

    def _settle(self, flight: Flight, now: float) -> None:
        """The connection attempt is over."""
        code = flight.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code in {0, *_REFUSED}:
            self._neighbours.answered(flight.spot.address, now - flight.started)
            self._rate.ease(flight.spot.address)
        if code == 0:
            self._connected(flight, now)
        else:
            self._end(flight)
            self._fail(flight.spot, code)

    def _fail(self, spot: Spot, code: int) -> None:
        ended = _ending_of(code)
        if ended is Ending.REFUSED:
            self._watcher.refused((spot,))
        else:
            self._watcher.ended(spot, ended)

    def _connected(self, flight: Flight, now: float) -> None:
        contact = self._contact(flight.spot)
        if contact is None:
            self._end(flight)
            self._watcher.opened(flight.spot)
            return
        talk = flight.talk = HttpTalk(flight.spot, contact, self._name(flight.spot), self._ways.user_agent)
        self._say(flight, talk, talk.begin(), now)

    def _say(self, flight: Flight, talk: HttpTalk, command: ReadCommand, now: float) -> None:
        """Send a question, which always fits into an empty socket buffer, and listen."""
        self._record(flight.spot, command.kind, command.data)
        try:
            flight.sock.send(command.data)
        except OSError:
            self._lose(flight, talk, Ending.RESET)
            return
        flight.serial += 1
        if flight.serial == 1:
            listen = self._epoll.modify if flight.is_watched else self._epoll.register
            listen(flight.sock, select.EPOLLIN)
        self._deadlines.add(flight, self._ways.bounds.answer, now)

    def _hear(self, flight: Flight, talk: HttpTalk, now: float) -> None:
        try:
            data = flight.sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._lose(flight, talk, Ending.RESET)
            return
        if not data:
            self._lose(flight, talk, Ending.CLOSED)
            return
        command = talk.feed(data)
        if command is not None:
            self._say(flight, talk, command, now)
        elif talk.is_over:
            self._end(flight)
            self._watcher.talked(flight.spot, talk)

    def _lose(self, flight: Flight, talk: HttpTalk, ended: Ending) -> None:
        self._end(flight)
        talk.lost(ended)
        self._watcher.talked(flight.spot, talk)

    def _late(self, flight: Flight, now: float) -> None:
        """Its time is over. A host that answered before is asked once more, slower, before it is called silent."""
        if flight.talk is not None:
            self._lose(flight, flight.talk, Ending.SILENT)
            return
        self._end(flight)
        self._rate.strain(flight.spot.address)
        if flight.is_known and self._queue.put_back_once(flight.spot, now + TICK):
            return
        self._watcher.ended(flight.spot, Ending.FILTERED)

    def _record(self, spot: Spot, kind: str, data: bytes) -> None:
        if self._ways.recorder is not None:
            self._ways.recorder(Sent(address=spot.address, port=spot.port, kind=kind, data=data))

    def _end(self, flight: Flight) -> None:
        flight.serial = -1
        self._flights.pop(flight.sock.fileno(), None)
        self._ways.handles.give()
        drop(flight.sock)


def _ending_of(code: int) -> Ending:
    if code in _REFUSED:
        return Ending.REFUSED
    if code == errno.ETIMEDOUT:
        return Ending.FILTERED
    return Ending.BLOCKED if code in _OURS else Ending.UNREACHABLE
