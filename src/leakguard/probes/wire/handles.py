"""Handles: how many sockets this process may still open, counted for all that open them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from leakguard.errors import TooFewFiles

SPARE = 24
"""File handles left to everything else: the store with its journal, the resolver, pipes, modules not loaded yet."""
LEAST = 4
"""With less than this many sockets nothing would move; the machine then says so itself."""
NEEDED = 10
"""Files that a scan opens at least: the loop, the sweep, the store with its journal, and `LEAST` sockets."""
PER_WORKER = 8
"""Files more for each process that shares the work: the ends of its pipe, and what it inherits of the others."""
UNKNOWN_LIMIT = 256
"""What macOS allows by default, and what is assumed where a system has no such limit to be asked."""
_MOST = 65_536
"""Beyond this no window grows any more: a loop turns over so many sockets faster than networks answer."""
_OPEN_FILES = "/proc/self/fd"
_USUALLY_OPEN = 32
"""Assumed where the system does not list what a process has open."""


class Handles:
    """A budget of sockets. Whoever opens one takes a handle first, and gives it back when the socket is closed.

    Those that wait are served in their order; first those that hold a handle already and need a `further` one:
    a share is kept for them alone, since a hundred that hold one each and wait for another would wait for ever.
    """

    def __init__(self, limit: int) -> None:
        """`limit` is the number of sockets at once."""
        self.limit = max(LEAST, limit)
        self.taken = 0
        self._first: deque[asyncio.Future[None]] = deque()
        self._further: deque[asyncio.Future[None]] = deque()

    @property
    def free(self) -> int:
        """How many handles `try_take` would give now; none while somebody waits."""
        return 0 if self._first or self._further else max(0, self._ceiling(is_further=False) - self.taken)

    def try_take(self, count: int = 1) -> bool:
        """Take `count` handles at once, or none; nobody jumps the queue."""
        if count > self.free:
            return False
        self.taken += count
        return True

    async def take(self, *, further: bool = False) -> None:
        """Wait for one handle; `further` when one is held already. One that is cancelled while it waits takes none."""
        row = self._further if further else self._first
        if not row and self.taken < self._ceiling(is_further=further):
            self.taken += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        row.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            self._step_back(row, turn)
            raise

    def give(self, count: int = 1) -> None:
        """Give `count` handles back."""
        self.taken -= count
        self._serve()

    def shrink(self) -> None:
        """The machine refused although there seemed to be room: keep to what is in use now."""
        self.limit = max(LEAST, min(self.limit, self.taken))

    def _step_back(self, row: deque[asyncio.Future[None]], turn: asyncio.Future[None]) -> None:
        if not turn.cancelled():
            self.give()
            return
        with suppress(ValueError):
            row.remove(turn)

    def _serve(self) -> None:
        for row, is_further in ((self._further, True), (self._first, False)):
            while row and self.taken < self._ceiling(is_further=is_further):
                turn = row.popleft()
                if not turn.done():
                    self.taken += 1
                    turn.set_result(None)

    def _ceiling(self, *, is_further: bool) -> int:
        return self.limit if is_further else self.limit - max(1, self.limit // 32)


def of_process(soft_limit: Callable[[], int] | None = None, open_files: Callable[[], int] | None = None) -> Handles:
    """The budget that the process's limit of open files leaves: without what is open now, and without some to spare."""
    return Handles((soft_limit or _soft_limit)() - (open_files or _open_files)() - SPARE)


def refuse_few_files(
    workers: int, soft_limit: Callable[[], int] | None = None, open_files: Callable[[], int] | None = None
) -> None:
    """Raise `TooFewFiles` where a scan with so many processes could not open what it needs to begin with."""
    limit, taken = (soft_limit or _soft_limit)(), (open_files or _open_files)()
    needed = taken + NEEDED + PER_WORKER * (workers if workers > 1 else 0)
    if limit < needed:
        with_fewer = ", or begin with --workers 1" if workers > 1 else ""
        raise TooFewFiles(
            f"this process may open {limit} files at once, and a scan needs {needed}",
            next_step=f"Allow more of them with `ulimit -n 256`{with_fewer}.",
        )


def _soft_limit() -> int:
    """The limit of open files that the system holds this process to."""
    try:
        import resource  # noqa: PLC0415  (only Unix has it)
    except ImportError:  # pragma: no cover  (Windows)
        return UNKNOWN_LIMIT
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else min(soft, _MOST)


def _open_files(folder: str = _OPEN_FILES) -> int:
    return sum(1 for _ in Path(folder).iterdir()) if Path(folder).is_dir() else _USUALLY_OPEN
