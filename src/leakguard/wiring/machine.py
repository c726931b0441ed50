"""The machine's own clock, and what the operating system calls the user."""

from __future__ import annotations

import os
import pwd
import time
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

from leakguard.models.people import BySource, Recorder


def os_user() -> Recorder:
    """The user that this process runs as, by the operating system and not by the environment, which anybody sets."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = f"user {number}"
    return Recorder(name=name, source=BySource.OS, actor=f"os:{number}")


def host_name() -> str:
    """What this machine is called."""
    import socket  # noqa: PLC0415  (most commands name no machine)

    return socket.gethostname()


class SystemTime:
    """The machine's own clock; implements `ports.TimeSource`."""

    def __init__(self) -> None:
        self._is_stopped = False
        self._ends: SimpleQueue[None] = SimpleQueue()
        """Of all that wakes a thread, what a signal may use while this very thread begins to wait: an `Event` has a
        lock, for which the handler of the signal would wait for ever."""

    @property
    def is_stopped(self) -> bool:
        """Whether the process was asked to end."""
        return self._is_stopped

    def stop(self, *_: object) -> None:
        """Wake everybody who sleeps; may be called by a signal."""
        self._is_stopped = True
        self._ends.put(None)

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until `stop`."""
        if self._is_stopped:
            return
        with suppress(Empty):
            self._ends.get(timeout=max(seconds, 0))
            self._ends.put(None)  # for the next who sleeps
