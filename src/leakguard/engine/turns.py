"""Turns of the event loop: work that keeps it busy is spread over several, so that nobody else waits for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECONDS_A_TURN = 0.01
"""Beyond this nobody begins another piece in the same turn; without turns a dozen hosts that answer together, each of
them much, would add up to half a second."""
MUCH_BYTES = 128 * 1024
"""Of one answer: to judge more, or to find out what the names in it mean, may take many turns. The list of all indices
of an Elasticsearch, at its cap of eight mebibytes, takes a quarter of a second. Few of such answers are held at once
(see `probes.wire.large`), so that those who wait in line hold little."""


class Turns:
    """Lets several pieces of work into one turn of the loop until they have taken their time; the others come later."""

    def __init__(self) -> None:
        self._began: float | None = None
        """On the loop's clock, when the first piece of this turn began."""
        self._waiting: list[asyncio.Future[None]] = []
        self._beside = asyncio.Lock()

    async def beside(self, work: Callable[[], T]) -> T:
        """Do a piece that would take many turns in a thread beside the loop; one at a time, in the order of asking."""
        async with self._beside:
            return await asyncio.to_thread(work)

    async def mine(self) -> None:
        """Return at once while this turn has time left, otherwise in a later turn, in the order of asking."""
        loop = asyncio.get_running_loop()
        while self._began is not None and loop.time() - self._began > SECONDS_A_TURN:
            later: asyncio.Future[None] = loop.create_future()
            self._waiting.append(later)
            await later
        if self._began is None:
            self._began = loop.time()
            loop.call_soon(self._next)

    def _next(self) -> None:
        """Called in the loop's next turn."""
        self._began = None
        waiting, self._waiting = self._waiting, []
        for later in waiting:
            if not later.done():
                later.set_result(None)
