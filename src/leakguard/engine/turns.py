"""Turns of the event loop: work that keeps it busy is spread over several, so that other tasks wait little."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECONDS_A_TURN = 0.01
"""The time after which no further piece of work begins in the same turn. Without this limit, a dozen large answers at
the same time would block the loop for half a second."""
MUCH_BYTES = 128 * 1024
"""Bytes of an answer beyond which it is processed in a thread, since that may take many turns. The list of all indices
of an Elasticsearch, at its cap of 8 MiB, takes a quarter of a second. `probes.wire.large` limits how many such answers
are in memory at once, so that waiting ones hold little."""


class Turns:
    """Admits pieces of work to a turn of the loop for `SECONDS_A_TURN`; the others wait for a later turn."""

    def __init__(self) -> None:
        self._began: float | None = None
        """When the first piece of this turn began, in loop time; `None` before it."""
        self._waiting: list[asyncio.Future[None]] = []
        self._one_thread = asyncio.Lock()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run a long piece of work in a thread; one at a time, in the order of the calls."""
        async with self._one_thread:
            return await asyncio.to_thread(work)

    async def wait_for_turn(self) -> None:
        """Return at once while this turn has time left, otherwise in a later turn, in the order of the calls."""
        loop = asyncio.get_running_loop()
        while self._began is not None and loop.time() - self._began > SECONDS_A_TURN:
            later: asyncio.Future[None] = loop.create_future()
            self._waiting.append(later)
            await later
        if self._began is None:
            self._began = loop.time()
            loop.call_soon(self._next)

    def _next(self) -> None:
        """Begin the next turn; the loop calls it."""
        self._began = None
        waiting, self._waiting = self._waiting, []
        for later in waiting:
            if not later.done():
                later.set_result(None)
