"""The pulse: whether anybody out there still answers. Where nobody does any more, a silence says nothing of a host."""

from __future__ import annotations

import asyncio
import socket
import time

from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.probes.sweep.flight import new_socket
from leakguard.probes.sweep.ways import Ways, ending_of

WITNESSES = 4
"""Addresses that answered last, one port of each, that are asked again."""
LEAST_WITNESSES = 2
"""One address alone may have gone away, or shut us out: then its silence is its own."""
FRESH_SECONDS = 0.5
"""A sign of life that is not older is one of now."""
MOST_HELD = 2048
"""Silent spots that wait for a sign of life, before somebody is asked for one."""
_SLOW = 0.15
"""Part of a connection's time in which whoever answered before answers again; without an answer for longer than that,
packets are lost."""
_SHARE = 1 / 64
"""Weight of one connection in the share of those that are answered, which so follows the last hundred or two."""
_NO_CHANCE = 1e-4
"""Where so many connections in a row go unheard by chance more rarely than this, the network was away."""
_LIFE = frozenset({Ending.REFUSED, Ending.RESET})


class Pulse:
    """Holds silent spots back until somebody answers after them; the last that answered are asked if nobody does."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._last_heard = float("-inf")
        self._witnesses: dict[str, tuple[SweepEndpoint, Endpoint | None]] = {}
        self._asking: asyncio.Task[bool] | None = None
        self._held: list[tuple[SweepEndpoint, float]] = []
        """Silent since anybody answered, and not told of yet; each with when it was last asked."""
        self._knocked: float | None = None
        """Since when a sign of life is waited for; nothing while none is."""
        self._back = float("-inf")
        """When the network was last heard again after it had been away: who was asked before may not have been."""
        self.away = 0.0
        """Seconds that it was away in all, as far as that was noticed."""
        self._answering = 0.0
        """Share of the last connections that were answered."""
        self._unheard = 0
        """Connections that were begun since anybody answered, and waited for in vain."""

    @property
    def held(self) -> tuple[SweepEndpoint, ...]:
        """The spots that are silent since anybody answered, and were not told of yet."""
        return tuple(spot for spot, _ in self._held)

    @property
    def held_count(self) -> int:
        """How many are held."""
        return len(self._held)

    def hold(self, spot: SweepEndpoint, asked: float) -> None:
        """Nobody answered there, who was last asked at the moment `asked`."""
        self._held.append((spot, asked))

    def missed(self, began: float) -> None:
        """A connection that was begun then was waited for in vain."""
        if began > self._last_heard:
            self._unheard += 1
        else:
            self._answering *= 1 - _SHARE

    def answered(self, spot: SweepEndpoint, endpoint: Endpoint | None, now: float) -> None:
        """Somebody is there: a port is open, closed, or hung up on us."""
        if self._is_away(now) or self._is_no_chance():
            self._came_back(now)
        else:
            self._answering *= (1 - _SHARE) ** self._unheard
        self._answering += _SHARE * (1 - self._answering)
        self._unheard = 0
        self._last_heard = now
        self._witnesses.pop(spot.address, None)
        self._witnesses[spot.address] = (spot, endpoint)
        if len(self._witnesses) > WITNESSES:
            del self._witnesses[next(iter(self._witnesses))]

    @property
    def has_witnesses(self) -> bool:
        """Whether enough addresses ever answered, so that their silence would say something."""
        return len(self._witnesses) >= LEAST_WITNESSES

    def is_in_doubt(self, now: float) -> bool:
        """Whether those that are held wait too long, or are too many, to go on without a sign of life."""
        return bool(self._held) and (len(self._held) >= MOST_HELD or now - self._last_heard > self._ways.bounds.connect)

    def _came_back(self, now: float) -> None:
        """Call before `_last_heard` is moved on."""
        self._back = now
        self.away += now - self._last_heard

    def release(self, now: float) -> tuple[list[SweepEndpoint], list[SweepEndpoint]]:
        """The spots that were silent, since somebody has answered by now, and those that may not have been asked."""
        silent: list[SweepEndpoint] = []
        unasked: list[SweepEndpoint] = []
        if now - self._last_heard <= FRESH_SECONDS:
            for spot, asked in self.give_up():
                (unasked if asked < self._back else silent).append(spot)
        return silent, unasked

    def give_up(self) -> list[tuple[SweepEndpoint, float]]:
        """All that are held, and no longer; each with when it was last asked."""
        held, self._held = self._held, []
        return held

    def _is_away(self, now: float) -> bool:
        """Whether those who are asked for a sign of life wait for theirs; another may be heard first."""
        return self._knocked is not None and now - self._knocked > _SLOW * self._ways.bounds.connect

    def _is_no_chance(self) -> bool:
        """Whether more connections in a row went unheard than those before let expect."""
        return (1 - self._answering) ** self._unheard < _NO_CHANCE

    async def is_lost(self) -> bool:
        """Whether even those who answered are silent now, and nobody else is heard meanwhile.

        They are asked at most once at a time, within the rates.
        """
        began = time.monotonic()
        if not self.has_witnesses or time.monotonic() - self._last_heard <= FRESH_SECONDS:
            return False
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask())
        return not await asyncio.shield(self._asking) and self._last_heard < began

    async def _ask(self) -> bool:
        asked = [asyncio.ensure_future(self._knock(*witness)) for witness in self._witnesses.values()]
        try:
            for answer in asyncio.as_completed(asked):
                if await answer:
                    if self._is_away(now := time.monotonic()):
                        self._came_back(now)
                    self._last_heard = now
                    return True
        finally:
            self._knocked = None
            for each in asked:
                each.cancel()
        return False

    async def _knock(self, spot: SweepEndpoint, endpoint: Endpoint | None) -> bool:
        """Connect, and hang up at once; whether anybody was there. An address that left the scope is not asked."""
        ways = self._ways
        await ways.rate.wait(spot.address, endpoint.host if endpoint is not None else None)
        if not ways.admits(spot, endpoint):
            return False
        await ways.handles.take(further=True)
        self._knocked = self._knocked or time.monotonic()
        sock: socket.socket | None = None
        try:
            ways.record(spot, "connect")
            sock = new_socket(spot.address)
            async with asyncio.timeout(ways.bounds.connect):
                await asyncio.get_running_loop().sock_connect(sock, (spot.address, spot.port))
        except TimeoutError:
            return False
        except OSError as error:
            return ending_of(error.errno or 0, spot.address) in _LIFE
        finally:
            if sock is not None:
                sock.close()
            ways.handles.give()
        return True
