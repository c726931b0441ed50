"""The sweep itself: bursts of connections, one epoll, deadlines in queues; nothing waits for a single host."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from leakguard.models.observations import Ending
from leakguard.models.targets import SweepEndpoint
from leakguard.ports import SweepWatcher
from leakguard.probes.sweep.flight import new_socket
from leakguard.probes.sweep.flights import SOON, Flights
from leakguard.probes.sweep.pulse import MOST_HELD, Pulse
from leakguard.probes.sweep.queue import SpotQueue
from leakguard.probes.sweep.ways import (
    CONNECTED,
    EXHAUSTED,
    INTERFACE_DOWN,
    NO_ADDRESS,
    OUT_OF_FILES,
    OUTSIDE,
    PENDING,
    Ways,
    name_of,
)
from leakguard.probes.wire.interfaces import has_way_to, is_cut_off, is_loopback
from leakguard.probes.wire.sleep import STOOD_STILL, WORTH_A_WORD, slept

BURST = 256
"""Connections opened before the loop looks at answers again: measured best among powers of two."""
TICK = 0.02
"""Seconds between two looks at the deadlines."""
_LEAST_DELAY = 0.001
"""Seconds before a burst that found nobody free is tried again, so that it never turns without a pause."""


def window_of(handles: int) -> int:
    """How many connections a sweep holds at once with so many handles; the rest is left to examinations."""
    return max(1, handles - handles // 4)


class Sweep:
    """Sweeps the spots of one part of a run; `run` may be called once, inside an event loop."""

    def __init__(self, spots: Iterator[SweepEndpoint], watcher: SweepWatcher, ways: Ways, *, first: int = 0) -> None:
        """`spots` from position `first` on are new, those before it come again."""
        self._watcher = watcher
        self._ways = ways
        self._rate = ways.rate
        self._queue = SpotQueue(spots, ways.rate, partial(name_of, watcher), first)
        self._pulse = Pulse(ways)
        self._flights = Flights(watcher, ways, self._queue, self._pulse)
        self._window = window_of(ways.handles.limit)
        self.connections = 0
        """How many were tried."""
        self._left: list[int] = []
        """Positions that were in flight when the sweep was ended before its time."""
        self._spare: dict[bool, socket.socket] = {}
        self._asleep = slept()
        self._ticked = time.monotonic()
        self._is_near = True
        self._is_paused = False
        self._is_due = False
        self._listening: asyncio.Task[None] | None = None
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
        yield from self._flights.positions()
        yield from (spot.position for spot in self._pulse.held)
        yield from self._left

    async def run(self) -> None:
        """Sweep until every spot was told of."""
        self._loop = loop = asyncio.get_running_loop()
        self._done = loop.create_future()
        loop.set_exception_handler(self._broken)
        loop.add_reader(self._flights.descriptor, self._turn)
        self._ticked = time.monotonic()
        ticking = loop.call_later(TICK, self._tick)
        try:
            self._again()
            await self._done
        finally:
            ticking.cancel()
            self._done = None
            loop.set_exception_handler(None)
            loop.remove_reader(self._flights.descriptor)
            self._left = self._flights.close()
            if self._listening is not None:
                self._listening.cancel()
            for sock in self._spare.values():
                sock.close()

    @property
    def network_away_seconds(self) -> float:
        """See `ports.RunningSweep`."""
        return self._pulse.away

    async def is_network_lost(self) -> bool:
        """See `ports.RunningSweep`."""
        return await self._pulse.is_lost()

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
            self._loop.call_later(delay, self._burst)
        else:
            self._loop.call_soon(self._burst)

    def _broken(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A bug in a callback of the loop ends the sweep; the loop alone would only log it, and wait for ever."""
        error = context.get("exception")
        if isinstance(error, Exception) and self._done is not None and not self._done.done():
            self._done.set_exception(error)
        else:
            loop.default_exception_handler(context)

    def _tick(self) -> None:
        now, asleep = time.monotonic(), slept()
        if asleep - self._asleep > WORTH_A_WORD or self._stood_still(now):
            self._flights.begin_again(now)
        self._asleep, self._ticked = asleep, now
        self._flights.expire(now)
        self._settle_silence(now)
        if self._loop is not None and self._done is not None:
            self._loop.call_later(TICK, self._tick)
            self._again()

    def _settle_silence(self, now: float, *, is_last: bool = False) -> None:
        """Tell of the silent once somebody answered after them, or ask them again; ask for a missing sign of life."""
        if not self._pulse.has_witnesses:
            self._tell_unheard()
            return
        silent, unasked = self._pulse.release(now)
        silent += [spot for spot in unasked if not self._queue.put_back_once(spot, now + SOON)]
        for spot in silent:
            self._flights.tell_silent(spot)
        is_asking = self._listening is not None and not self._listening.done()
        is_due = self._pulse.is_in_doubt(now) or (is_last and self._pulse.held_count)
        if is_due and not is_asking and self._loop is not None:
            self._listening = self._loop.create_task(self._listen())

    def _tell_unheard(self) -> None:
        """Too few ever answered to ask them again: it is their silence, unless our own interface is down."""
        held = [spot for spot, _ in self._pulse.give_up()]
        down = {
            local: is_cut_off(address) for local, address in {is_loopback(s.address): s.address for s in held}.items()
        }
        for spot in held:
            if down[is_loopback(spot.address)]:
                self._watcher.ended(spot, Ending.BLOCKED, INTERFACE_DOWN)
            else:
                self._flights.tell_silent(spot)

    async def _listen(self) -> None:
        """Without a sign of life from those who answered before, what is held stays pending, and nothing is asked."""
        if await self._pulse.is_lost():
            self._is_paused = True
            self._watcher.network_lost()
            return
        self._settle_silence(time.monotonic())
        self._again()

    def _turn(self) -> None:
        if not self._stood_still(now := time.monotonic()):  # else the next tick begins again with what is in flight
            self._flights.turn(now)
        self._again()

    def _stood_still(self, now: float) -> bool:
        return now - self._ticked > STOOD_STILL

    def _burst(self) -> None:
        self._is_due = False
        if self._done is None:
            return
        if self._queue.is_empty and not self._flights:
            self._settle_silence(time.monotonic(), is_last=True)
            if not self._pulse.held_count and not self._done.done() and self._queue.is_empty:
                self._done.set_result(None)
            return
        room = min(BURST, self._window - len(self._flights), self._flights.room, self._ways.handles.free)
        is_full = self._pulse.held_count >= 2 * MOST_HELD
        if is_full or self._is_paused or room <= 0 or self._queue.is_empty or not self._watcher.may_go_on():
            return
        granted, delay = self._rate.try_some(room, time.monotonic())
        opened = self._open_some(granted) if granted else 0
        if not granted or opened == granted:
            self._again(delay)
        elif (soon := self._queue.due_in(time.monotonic())) < TICK:
            self._again(max(soon, _LEAST_DELAY))

    def _open_some(self, granted: int) -> int:
        """Open up to `granted` connections; how many spots were taken. Fewer: wait for the tick or an event."""
        taken = skipped = near = 0
        refused: list[SweepEndpoint] = []
        now = time.monotonic()
        for spot in self._queue.draw(granted, now):
            taken += 1
            sock = self._socket(spot) if self._is_wanted(spot) else None
            if sock is None:
                skipped += 1
                continue
            self._ways.record(spot, "connect")
            place = (spot.address, spot.port)
            code = sock.connect_ex(place)
            if code == errno.EINPROGRESS and self._is_near:
                code = sock.connect_ex(place)  # a host next door has answered by now
                near += code not in PENDING
            if code == errno.ECONNREFUSED:
                refused.append(spot)
                self._spare[":" in spot.address] = sock
            else:
                self._go_on(spot, sock, code, now)
        self.connections += taken - skipped
        if refused:
            self._flights.refused(refused, now)
        self._is_near = near * 8 > taken or (self._is_near and near > 0)
        return taken

    def _is_wanted(self, spot: SweepEndpoint) -> bool:
        """Whether the spot may be connected to, and whether the sweep is who does it; else it is told of here."""
        endpoint = self._watcher.named(spot)
        if not self._ways.admits(spot, endpoint):
            self._watcher.ended(spot, Ending.BLOCKED, OUTSIDE)
            return False
        if endpoint is not None and self._flights.contact(spot) is None:
            self._watcher.opened(spot)
            return False
        return True

    def _socket(self, spot: SweepEndpoint) -> socket.socket | None:
        """A socket that a refusal left behind, or a new one; none where the machine has no more."""
        spare = self._spare.pop(":" in spot.address, None)
        if spare is not None:
            return spare
        try:
            return new_socket(spot.address)
        except OSError as error:
            self._fall_back(spot, error.errno or 0)
            return None

    def _fall_back(self, spot: SweepEndpoint, code: int) -> None:
        """There will be no connection; whether there may be one later depends on what there is too little of."""
        if code == errno.EADDRNOTAVAIL and not has_way_to(spot.address):
            self._watcher.ended(spot, Ending.BLOCKED, NO_ADDRESS)
        elif code in EXHAUSTED:
            self._lack(spot, code)
        else:
            self._flights.fail(spot, code, time.monotonic())

    def _lack(self, spot: SweepEndpoint, code: int) -> None:
        """Nothing left on this machine: keep to what is open now, and try the spot again later."""
        if code in OUT_OF_FILES:
            self._ways.handles.shrink()
        self._queue.put_back(spot, time.monotonic() + TICK)

    def _go_on(self, spot: SweepEndpoint, sock: socket.socket, code: int, now: float) -> None:
        """A connection that is not simply refused."""
        is_open = code in CONNECTED
        if (is_open or code in PENDING) and self._ways.handles.try_take():
            self._flights.begin(spot, sock, now, is_open=is_open)
            return
        sock.close()
        if is_open or code in PENDING:
            self._lack(spot, code)
        else:
            self._fall_back(spot, code)
