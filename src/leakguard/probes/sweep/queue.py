"""The spots that wait for their turn: the generator, and those whose host is not free yet."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from leakguard.models.targets import Spot
from leakguard.probes.wire.rate import Rate

MOST_WAITING = 4096
"""Spots kept waiting for their hosts before no more are drawn: so many hosts at the slowest of rates are busy."""


class SpotQueue:
    """Draws spots in the order of the run, and keeps back those whose host, network or name is not free yet."""

    def __init__(self, spots: Iterator[Spot], rate: Rate, names: Callable[[Spot], str | None], first: int = 0) -> None:
        self._spots = spots
        self._rate = rate
        self._names = names
        self._waiting: list[tuple[float, Spot]] = []
        self._again: set[int] = set()
        self._is_drawn_out = False
        self.next_position = first
        """The position behind the last spot that was drawn."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to draw."""
        return self._is_drawn_out and not self._waiting

    def pending(self) -> Iterator[int]:
        """The positions of those that wait."""
        return (spot.position for _, spot in self._waiting)

    def put_back(self, spot: Spot, due: float) -> None:
        """The spot could not be tried: let it come again at `due`, on the monotonic clock."""
        heapq.heappush(self._waiting, (due, spot))

    def put_back_once(self, spot: Spot, due: float) -> bool:
        """As `put_back`, once for each spot; whether it was the first time."""
        if spot.position in self._again:
            self._again.discard(spot.position)
            return False
        self._again.add(spot.position)
        self.put_back(spot, due)
        return True

    def draw(self, count: int, now: float) -> Iterator[Spot]:
        """Up to `count` spots that may be tried now, as far as their hosts are concerned."""
        is_bound = self._rate.binds_hosts
        for _ in range(count):
            spot = self._next(now) if is_bound or self._waiting else self._fresh()
            if spot is None:
                return
            yield spot

    def _next(self, now: float) -> Spot | None:
        """A spot whose host is free: one that waited long enough, or a fresh one; none if all are busy."""
        while self._waiting and self._waiting[0][0] <= now:
            spot = heapq.heappop(self._waiting)[1]
            if self._is_free(spot, now):
                return spot
        while len(self._waiting) < MOST_WAITING:
            fresh = self._fresh()
            if fresh is None or self._is_free(fresh, now):
                return fresh
        return None

    def _is_free(self, spot: Spot, now: float) -> bool:
        delay = self._rate.try_host(spot.address, self._names(spot), now)
        if delay:
            heapq.heappush(self._waiting, (now + delay, spot))
        return not delay

    def _fresh(self) -> Spot | None:
        spot = next(self._spots, None)
        if spot is None:
            self._is_drawn_out = True
        else:
            self.next_position = max(self.next_position, spot.position + 1)
        return spot
