"""The machine's own clock, and what the operating system calls the user."""

from __future__ import annotations

import os
import pwd
import threading
import time
from datetime import UTC, datetime

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
