"""The machine's own clock."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class SystemTime:
    """The machine's own clock; implements `ports.TimeSource`."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    @property
    def is_stopped(self) -> bool:
        """Whether the process was asked to end."""
        return self._stop.is_set()

    def stop(self, *_: object) -> None:
        """Wake everybody who sleeps; may be called by a signal."""
        self._stop.set()

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until `stop`."""
        self._stop.wait(seconds)
