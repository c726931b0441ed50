"""An event loop for tests with servers in another process: its clock leaves out what either waits for a CPU.

A `SteadyLoop` knows that nobody has anything to say, since whoever could say it lives in the same loop. Here the kernel
tells how long a process was ready to run and did not (`run_delay` of /proc/PID/schedstat): that time does not count.
Where the kernel does not tell, the clock is the usual one.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Sequence
from pathlib import Path

_NANO = 1e-9


def waited(processes: Sequence[int]) -> float:
    """Seconds in which the main threads of these processes were ready to run and waited for a CPU."""
    return sum(map(_waited, processes))


def _waited(process: int) -> float:
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[1]) * _NANO
    except (OSError, IndexError, ValueError):
        return 0.0


class _UnloadedSelector(selectors.DefaultSelector):
    """Counts what passes, but for the waiting of `processes`."""

    def __init__(self, processes: Sequence[int]) -> None:
        super().__init__()
        self._processes = processes
        self._seen, self._waited = time.monotonic(), waited(processes)
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready, and how late it is then."""
        found = super().select(timeout)
        seen, late = time.monotonic(), waited(self._processes)
        self.now += max(0.0, (seen - self._seen) - max(0.0, late - self._waited))
        self._seen, self._waited = seen, late
        return found


class UnloadedLoop(asyncio.SelectorEventLoop):
    """A loop on the time of a machine that has nothing else to do."""

    def __init__(self, processes: Sequence[int]) -> None:
        self._unloaded = _UnloadedSelector(processes)
        super().__init__(self._unloaded)

    def time(self) -> float:
        """Seconds since the loop was made, at its last turn."""
        return self._unloaded.now
