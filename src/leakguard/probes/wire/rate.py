"""The rate: connections a second, in total and to one address."""

from __future__ import annotations

import asyncio

from leakguard.models.scope import Limits

_PRUNE_ABOVE = 4096
"""Addresses remembered before those that are free again are forgotten; a /16 would hold 65,536."""


class TokenBucket:
    """A bucket of one token, refilled `rate` times a second: callers are spaced, never let through in a burst.

    They wait in a row; one that is cancelled while it waits takes no token.
    """

    def __init__(self, rate: float) -> None:
        """`rate` is in tokens a second and above zero."""
        self._gap = 1.0 / rate
        self._row = asyncio.Lock()
        self.free_at = 0.0

    async def take(self) -> None:
        """Wait for the next token."""
        loop = asyncio.get_running_loop()
        async with self._row:
            await asyncio.sleep(max(0.0, self.free_at - loop.time()))
            self.free_at = max(loop.time(), self.free_at) + self._gap

    def is_free(self, now: float) -> bool:
        """Whether nobody waits and the next one would not have to."""
        return self.free_at <= now and not self._row.locked()


class Rate:
    """The limits of one run; shared by all its sessions."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._total = TokenBucket(limits.total)
        self._hosts: dict[str, TokenBucket] = {}

    async def wait(self, address: str) -> float:
        """Wait until a connection to `address` may be opened; says how many seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._host(address, began).take()
        await self._total.take()
        return loop.time() - began

    def _host(self, address: str, now: float) -> TokenBucket:
        if len(self._hosts) > _PRUNE_ABOVE:
            self._hosts = {known: bucket for known, bucket in self._hosts.items() if not bucket.is_free(now)}
        return self._hosts.setdefault(address, TokenBucket(self._limits.per_host))
