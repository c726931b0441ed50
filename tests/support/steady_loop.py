"""An event loop for tests whose servers live in the same loop: its clock leaves out what a busy machine costs.

A machine that stops us for a second must not turn an answer into a silence, and a silence of half a second need not
take half a second. So this clock counts what we compute, and once nobody has anything to say it leaps to the next
deadline; while a thread is at work for the loop it stands still. Deadlines are the real ones, in the real order.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple

Done = TypeVar("Done")
Words = TypeVarTuple("Words")
GRACE = 0.05
"""Real seconds in which a word on loopback must arrive before the clock leaps; it takes a thousandth of that."""


class _LeapingSelector(selectors.DefaultSelector):
    """Waits like its parent, but no longer than the grace."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.waited = 0.0
        """Of `now`, what was waited for and not computed: the same on every machine."""
        self.helpers = 0
        """Threads that are at work for the loop."""
        self._computed = time.thread_time()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; when nothing is, all of `timeout` has passed."""
        computed = time.thread_time()
        self.now += computed - self._computed
        self._computed = computed
        found = super().select(None if timeout is None else min(timeout, GRACE))
        if not found and timeout is not None and not self.helpers:
            self.now += max(timeout, 0.0)
            self.waited += max(timeout, 0.0)
        return found


class SteadyLoop(asyncio.SelectorEventLoop):
    """A loop on its own time."""

    def __init__(self) -> None:
        self._steady = _LeapingSelector()
        super().__init__(self._steady)

    def time(self) -> float:
        """Seconds of computing and of silence since the loop was made."""
        return self._steady.now

    @property
    def waited(self) -> float:
        """Seconds of silence alone: what a test may compare, as no machine is too slow for it."""
        return self._steady.waited

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Words], Done], *args: *Words
    ) -> asyncio.Future[Done]:  # fmt: skip
        """As its parent, and counted."""
        job = super().run_in_executor(executor, func, *args)
        self._steady.helpers += 1
        job.add_done_callback(self._is_done)
        return job

    def _is_done(self, _job: object) -> None:
        self._steady.helpers -= 1
