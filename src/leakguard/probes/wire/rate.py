"""The rate: connections a second, in total, to one address, one network and one name; shared by sweep and sessions.

Every bucket is a moment from which the next connection is free (the generic cell rate algorithm, ITU-T I.371).
The total may live in memory that several worker processes share, so that together they never exceed it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import NamedTuple, Protocol

from leakguard.models.scope import Limits

_PRUNE_ABOVE = 4096
"""Addresses remembered before those that are free again are forgotten; a /16 would hold 65,536."""
_BURST_SECONDS = 0.005
"""What a sweep may open at once: as much as the rate allows in so many seconds, and always one."""
_BEYOND = 250_000.0
"""Connections a second that no process opens: the fastest sweep that was measured had 130,000, to itself."""
_SLOWEST = 16.0
"""A host that resets connections is slowed down to a sixteenth at most."""
_SLOWEST_FOR_SILENCE = 2.0
"""One that loses them to a half: nearly always a firewall drops what goes to its closed ports."""


class Cell(Protocol):
    """Where a bucket keeps the moment from which it is free, on the monotonic clock of the machine."""

    def try_take(self, count: int, gap: float, now: float) -> float:
        """Take `count` tokens that are `gap` seconds apart if the first one is free: 0, else the seconds to wait."""


class LocalCell:
    """For one process."""

    def __init__(self) -> None:
        self.free_at = 0.0

    def try_take(self, count: int, gap: float, now: float) -> float:
        """See `Cell`."""
        if self.free_at > now:
            return self.free_at - now
        self.free_at = now + count * gap
        return 0.0


class SharedCell:
    """For a process and those that it forks afterwards; the clock is the machine's, so it is the same for all."""

    def __init__(self) -> None:
        import multiprocessing  # noqa: PLC0415  (what runs in one process must not load it)

        self._free_at = multiprocessing.get_context("fork").Value("d", 0.0)

    def try_take(self, count: int, gap: float, now: float) -> float:
        """See `Cell`."""
        with self._free_at.get_lock():
            free_at = float(self._free_at.value)
            if free_at > now:
                return free_at - now
            self._free_at.value = now + count * gap
            return 0.0


class TokenBucket:
    """A bucket of one token, refilled `rate` times a second: callers are spaced, never let through in a burst.

    They wait in a row; one that is cancelled while it waits takes no token.
    """

    def __init__(self, rate: float, cell: Cell | None = None) -> None:
        """`rate` is in tokens a second and above zero."""
        self._gap = 1.0 / rate
        self._burst = max(1, int(rate * _BURST_SECONDS))
        self._row = asyncio.Lock()
        self._cell = LocalCell() if cell is None else cell
        self._slower = 1.0

    async def take(self) -> None:
        """Wait for the next token."""
        async with self._row:
            gap = self._gap * self._slower  # on the clock itself: a loop's own may stand still for a millisecond
            while delay := self._cell.try_take(1, gap, monotonic()):  # noqa: ASYNC110  (others may be in another process)
                await asyncio.sleep(delay)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait in the row until a token is free, and let nobody else take it meanwhile; `spend` takes it."""
        async with self._row:
            while delay := self._left(monotonic()):  # noqa: ASYNC110  (the clock itself decides, as in `take`)
                await asyncio.sleep(delay)
            yield

    def spend(self, now: float) -> None:
        """Take the token of a `turn`."""
        self._cell.try_take(1, self._gap * self._slower, now)

    def try_take(self, now: float) -> float:
        """Take a token if one is free and nobody waits: 0, else the seconds after which to try again."""
        if self._row.locked():
            return self._gap
        return self._cell.try_take(1, self._gap * self._slower, now)

    def try_take_some(self, wanted: int, now: float) -> tuple[int, float]:
        """Take up to `wanted` tokens as a small burst: how many, and if none the seconds after which to try again."""
        if self._row.locked():
            return 0, self._gap
        count = min(wanted, self._burst)
        delay = self._cell.try_take(count, self._gap, now)
        return (0, delay) if delay else (count, 0.0)

    @property
    def gap(self) -> float:
        """Seconds between two tokens."""
        return self._gap * self._slower

    def free_in(self, now: float) -> float:
        """After how many seconds a token may be free; nothing is taken."""
        if self._row.locked():
            return self._gap
        return self._left(now)

    def _left(self, now: float) -> float:
        return max(0.0, self._cell.free_at - now) if isinstance(self._cell, LocalCell) else 0.0

    def slow(self, factor: float) -> None:
        """Let through as much only as that many times the gap allows, at least."""
        self._slower = max(self._slower, factor)

    def strain(self, most: float) -> None:
        """Slow down, to a `most`th at the slowest: something was lost or reset."""
        self._slower = max(self._slower, min(most, self._slower * 2))

    def ease(self) -> None:
        """Speed up again, step by step, as answers come."""
        self._slower = max(1.0, self._slower / 2)


class HeldUp(NamedTuple):
    """The narrowest limit that a connection has to wait for: a host's, a network's or a name's, in this order."""

    width: int
    key: str
    delay: float
    """Seconds until it may be free."""
    gap: float
    """Seconds between two connections that it lets through."""


class Rate:
    """The limits of one run; shared by its sweep and all its sessions."""

    def __init__(self, limits: Limits, total: Cell | None = None) -> None:
        """`total` is the cell of the total where several processes share it."""
        self._limits = limits
        self._total = TokenBucket(limits.total, total)
        self._buckets: dict[str, TokenBucket] = {}
        self._prune_above = _PRUNE_ABOVE
        self._slowed: dict[str, float] = {}
        """Networks that are asked more slowly than the scope allows, and how many times so."""
        most = min(limits.total, _BEYOND)
        self._is_bound = {
            "host": limits.per_host < most,
            "network": limits.per_network < most,
            "name": limits.per_name < most,
        }
        """A limit that is kept anyway needs no books."""

    @property
    def binds_hosts(self) -> bool:
        """Whether any host, network or name has a limit that the total does not keep anyway."""
        return any(self._is_bound.values()) or bool(self._slowed)

    async def wait(self, address: str, name: str | None = None) -> float:
        """Wait until a connection to `address` may be opened; says how many seconds that took.

        All tokens are taken at that very moment. Who took the host's and then waited in the row of its network would
        come out of that together with others of the same host.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with contextlib.AsyncExitStack() as rows:
            held = []
            for _, bucket in self._of(address, name, monotonic(), is_name_first=True):
                await rows.enter_async_context(bucket.turn())
                held.append(bucket)
            await self._total.take()
            now = monotonic()
            for bucket in held:
                bucket.spend(now)
        return loop.time() - began

    def try_some(self, wanted: int, now: float) -> tuple[int, float]:
        """How many connections may be opened now in all, and if none after how many seconds to ask again."""
        return self._total.try_take_some(wanted, now)

    def try_host(self, address: str, name: str | None, now: float) -> HeldUp | None:
        """Take the tokens of the host, its network and its name if all are free; else what to wait for first."""
        buckets = tuple(self._of(address, name, now))
        for width, (key, bucket) in enumerate(buckets):
            if delay := bucket.free_in(now):
                return HeldUp(width, key, delay, bucket.gap)
        for _, bucket in buckets:
            bucket.try_take(now)
        return None

    def strain(self, address: str, *, is_silence: bool = False) -> None:
        """Slow the host down; for a silence only by half, which most often is a firewall in front of a closed port."""
        if bucket := self._buckets.get(address):
            bucket.strain(_SLOWEST_FOR_SILENCE if is_silence else _SLOWEST)

    def slow_network(self, address: str, factor: float) -> None:
        """Ask the /24 or /64 of the address so many times more slowly than the scope allows, to the end."""
        network = network_of(address)
        self._slowed[network] = factor
        if bucket := self._buckets.get(network):
            bucket.slow(factor)

    def ease(self, address: str) -> None:
        """Let the host be asked as fast as the scope allows again."""
        if bucket := self._buckets.get(address):
            bucket.ease()

    def _of(
        self, address: str, name: str | None, now: float, *, is_name_first: bool = False
    ) -> Iterator[tuple[str, TokenBucket]]:
        """The buckets that bind a connection, with their keys, the narrowest first.

        Where the row of each is held while the next one is waited for, that of a name must not hold a network up.
        """
        by_name = name is not None and self._is_bound["name"]
        if self._is_bound["host"]:
            yield self._bucket(address, self._limits.per_host, now)
        if by_name and is_name_first:
            yield self._bucket(f"name {name}", self._limits.per_name, now)
        if self._is_bound["network"] or self._slowed:
            network = network_of(address)
            if self._is_bound["network"] or network in self._slowed:
                yield self._bucket(network, min(self._limits.per_network, self._limits.total), now)
        if by_name and not is_name_first:
            yield self._bucket(f"name {name}", self._limits.per_name, now)

    def _bucket(self, key: str, rate: float, now: float) -> tuple[str, TokenBucket]:
        if len(self._buckets) > self._prune_above:
            self._buckets = {known: bucket for known, bucket in self._buckets.items() if bucket.free_in(now)}
            self._prune_above = max(_PRUNE_ABOVE, 2 * len(self._buckets))
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(rate)
            bucket.slow(self._slowed.get(key, 1.0))
        return key, bucket


def network_of(address: str) -> str:
    """The /24 or /64 that an address lies in, as a word to count by."""
    if ":" not in address:
        return address.rpartition(".")[0]
    return str(int(ipaddress.IPv6Address(address.partition("%")[0])) >> 64)
