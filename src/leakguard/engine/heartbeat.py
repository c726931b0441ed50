"""The heartbeat of a run: notices that this process stood still, as it was stopped (Ctrl-Z) or its guest was paused."""

from __future__ import annotations

import asyncio

STILL_SECONDS = 5.0
"""Late by more than this, no host had the time that is over."""
BEAT_SECONDS = 0.5


class Heartbeat:
    """Beats on the event loop between `start` and `stop`."""

    def __init__(self) -> None:
        self.stood_still = 0.0
        """Seconds in which nothing turned, as far as they were worth a word; only their growth means something."""
        self._beating: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Beat from now on."""
        self._beat(asyncio.get_running_loop().time())

    def stop(self) -> None:
        """Beat no more."""
        if self._beating is not None:
            self._beating.cancel()

    def _beat(self, due: float) -> None:
        """As a callback it comes before any task that could conclude something of the time that is over."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now - due > STILL_SECONDS:
            self.stood_still += now - due
        self._beating = loop.call_at(now + BEAT_SECONDS, self._beat, now + BEAT_SECONDS)
