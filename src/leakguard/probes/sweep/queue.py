"""The spots that wait for their turn: the generator, and those whose host is not free yet.

Each of these waits in the row of the narrowest limit that held it up, and only the first of a row is tried when that
limit may be free: to try them all each time would cost a whole core, and let one of them pass.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import chain

from leakguard.models.targets import SweepEndpoint
from leakguard.probes.wire.rate import HeldUp, Rate

MOST_WAITING = 4096
"""Spots kept waiting for their hosts before no more are drawn: so many hosts at the slowest of rates are busy."""


class _Row:
    """Spots behind one limit, in the order of the run: whoever comes over from another row has waited long enough."""

    __slots__ = ("limit", "spots")

    def __init__(self, limit: HeldUp) -> None:
        self.limit = limit
        self.spots: list[SweepEndpoint] = []

    def pause(self, held_up: HeldUp | None) -> float:
        """Seconds until the next one is tried, by what held up the one before.

        Behind one that a narrower limit holds up may stand one that is free of that, so it is tried at once. A wider
        one holds up all of them: they go over to its row no faster than their own limit lets them pass.
        """
        if held_up is None or held_up.width > self.limit.width:
            return self.limit.gap
        return held_up.delay if held_up.key == self.limit.key else 0.0


class SpotQueue:
    """Draws spots in the order of the run, and keeps back those whose host, network or name is not free yet."""

    def __init__(
        self, spots: Iterator[SweepEndpoint], rate: Rate, names: Callable[[SweepEndpoint], str | None], first: int = 0
    ) -> None:
        self._spots = spots
        self._rate = rate
        self._names = names
        self._late: list[tuple[float, SweepEndpoint]] = []
        """Those that were put back, by when they are due."""
        self._rows: dict[str, _Row] = {}
        """By the key of the limit that they wait for."""
        self._wakes: list[tuple[float, str]] = []
        """When the first of each row is tried: one entry a row."""
        self._held = 0
        """Spots in all rows."""
        self._again: set[int] = set()
        self._is_drawn_out = False
        self.next_position = first
        """The position behind the last spot that was drawn."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to draw."""
        return self._is_drawn_out and not self._late and not self._rows

    def due_in(self, now: float) -> float:
        """Seconds until one that waits may be free; infinite where none waits."""
        first = min((due for due, _ in chain(self._late[:1], self._wakes[:1])), default=float("inf"))
        return max(0.0, first - now)

    def pending(self) -> Iterator[int]:
        """The positions of those that wait."""
        yield from (spot.position for _, spot in self._late)
        yield from (spot.position for row in self._rows.values() for spot in row.spots)

    def put_back(self, spot: SweepEndpoint, due: float) -> None:
        """The spot could not be tried: let it come again at `due`, on the monotonic clock."""
        heapq.heappush(self._late, (due, spot))

    def put_back_once(self, spot: SweepEndpoint, due: float) -> bool:
        """As `put_back`, once for each spot; whether it was the first time."""
        if spot.position in self._again:
            self._again.discard(spot.position)
            return False
        self._again.add(spot.position)
        self.put_back(spot, due)
        return True

    def draw(self, count: int, now: float) -> Iterator[SweepEndpoint]:
        """Up to `count` spots that may be tried now, as far as their hosts are concerned."""
        is_bound = self._rate.binds_hosts
        for _ in range(count):
            spot = self._next(now) if is_bound or self._late else self._fresh()
            if spot is None:
                return
            yield spot

    def _next(self, now: float) -> SweepEndpoint | None:
        """A spot whose host is free: one that waited long enough, or a fresh one; none if all are busy."""
        while self._late and self._late[0][0] <= now:
            spot = heapq.heappop(self._late)[1]
            if self._hold(spot, now) is None:
                return spot
        while self._wakes and self._wakes[0][0] <= now:
            if (first := self._first_of_row(now)) is not None:
                return first
        while self._held < MOST_WAITING:
            fresh = self._fresh()
            if fresh is None or self._hold(fresh, now) is None:
                return fresh
        return None

    def _first_of_row(self, now: float) -> SweepEndpoint | None:
        """The first spot of the row that is due, unless something holds it up."""
        key = heapq.heappop(self._wakes)[1]
        row = self._rows[key]
        spot = heapq.heappop(row.spots)
        self._held -= 1
        held_up = self._hold(spot, now)
        if row.spots:
            heapq.heappush(self._wakes, (now + row.pause(held_up), key))
        else:
            del self._rows[key]
        return spot if held_up is None else None

    def _hold(self, spot: SweepEndpoint, now: float) -> HeldUp | None:
        """Take the spot's turn if it is free, or let it wait behind the limit that held it up."""
        held_up = self._rate.try_host(spot.address, self._names(spot), now)
        if held_up is not None:
            row = self._rows.get(held_up.key)
            if row is None:
                row = self._rows[held_up.key] = _Row(held_up)
                heapq.heappush(self._wakes, (now + held_up.delay, held_up.key))
            heapq.heappush(row.spots, spot)
            self._held += 1
        return held_up

    def _fresh(self) -> SweepEndpoint | None:
        spot = next(self._spots, None)
        if spot is None:
            self._is_drawn_out = True
        else:
            self.next_position = max(self.next_position, spot.position + 1)
        return spot
