"""How much one caller and one address may ask, how long a request may take to arrive, how many streams are open.

All of it is in the memory of this process, bounded, and forgotten with it. Failed logins are counted in the store.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

import anyio

from leakguard.errors import LeakGuardError
from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from starlette.types import Message, Receive

MOST_KEYS = 10_000
"""Callers and addresses that are remembered; those who asked longest ago are forgotten first."""
MOST_HEADERS = 32 * 1024
"""Bytes of all headers together, with the path."""
MOST_FORM = 16 * 1024
"""Bytes of a login form."""
PATIENCE = 30.0
"""Seconds that the next part of a body may take."""
MOST_STREAMS, MOST_STREAMS_EACH = 200, 60
"""Streams of events that are open: in all, and of one caller."""


class Rate(Frozen):
    """So many at once, and so many a second in the long run."""

    burst: int
    each_second: float


CALLER = Rate(burst=300, each_second=20)
ADDRESS = Rate(burst=600, each_second=40)
"""An address may be that of a whole office."""
LOGIN = Rate(burst=20, each_second=0.5)
"""Of one address: each login costs a hash of 64 MiB, right or wrong."""


class TooMany(LeakGuardError):
    """Too many requests, or too many open streams."""

    def __init__(self, message: str, *, wait_seconds: int) -> None:
        """`wait_seconds` is when to come back."""
        unit = "second" if wait_seconds == 1 else "seconds"
        super().__init__(message, next_step=f"Wait {wait_seconds} {unit}, and send it again.")
        self.wait_seconds = wait_seconds


class TooSlow(LeakGuardError):
    """The body of a request did not arrive in time."""


class TooLarge(LeakGuardError):
    """The headers or the body of a request are longer than any of ours."""


class Limiter:
    """A bucket for each key, that fills as time passes; safe in threads."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that only ever grow."""
        self._rate, self._clock, self._lock = rate, clock, Lock()
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one request; raises `TooMany`."""
        now = self._clock()
        with self._lock:
            left, then = self._kept.pop(key, (float(self._rate.burst), now))
            left = min(float(self._rate.burst), left + (now - then) * self._rate.each_second)
            self._kept[key] = (left - 1 if left >= 1 else left, now)
            if len(self._kept) > MOST_KEYS:
                self._kept.popitem(last=False)
        if left < 1:
            raise TooMany("too many requests", wait_seconds=int((1 - left) / self._rate.each_second) + 1)


class Streams:
    """How many streams are open; safe in threads."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._lock = Lock()

    @contextmanager
    def one(self, key: str) -> Iterator[None]:
        """Hold a place while a stream is open; raises `TooMany`."""
        with self._lock:
            mine = self._open.get(key, 0)
            if mine >= MOST_STREAMS_EACH or sum(self._open.values()) >= MOST_STREAMS:
                raise TooMany("too many streams are open", wait_seconds=30)
            self._open[key] = mine + 1
        try:
            yield
        finally:
            with self._lock:
                left = self._open[key] - 1
                if left:
                    self._open[key] = left
                else:
                    del self._open[key]

    @property
    def count(self) -> int:
        """How many are open now."""
        return sum(self._open.values())


def patient(receive: Receive) -> Receive:
    """The same, but each part of the body has to arrive in time: raises `TooSlow`. What comes later may take long."""
    is_whole = False

    async def received() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        with anyio.move_on_after(PATIENCE) as scope:
            message = await receive()
            is_whole = not message.get("more_body", False)
            return message
        del scope
        raise TooSlow("the request did not arrive in time", next_step="Send it again, over a better line.")

    return received
