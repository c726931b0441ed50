"""The heartbeat of a run: notices that this process was suspended (Ctrl-Z), or its virtual machine was paused."""

from __future__ import annotations

import asyncio

SUSPENDED_SECONDS = 5.0
"""The delay of a beat beyond which the process counts as suspended.

In that time it could receive no answer, so silence says nothing about a host.
"""
BEAT_SECONDS = 0.5


class Heartbeat:
    """Beats on the event loop between `start` and `stop`."""

    def __init__(self) -> None:
        self.suspended_seconds = 0.0
        """Total seconds suspended, in gaps of more than `SUSPENDED_SECONDS`; only differences are meaningful."""
        self._beating: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start beating."""
        self._beat(asyncio.get_running_loop().time())

    def stop(self) -> None:
        """Stop beating."""
        if self._beating is not None:
            self._beating.cancel()

    def _beat(self, due: float) -> None:
        """One beat. As a callback of the loop it runs before any task that could mistake a suspension for silence."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now - due > SUSPENDED_SECONDS:
            self.suspended_seconds += now - due
        self._beating = loop.call_at(now + BEAT_SECONDS, self._beat, now + BEAT_SECONDS)
