"""Large answers: few are taken in at once, so that a network of hosts that all say much cannot fill the memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

LARGE_FROM = 1024 * 1024
"""Bytes from which an answer is large; answers that only identify a server are far smaller."""
MOST_AT_ONCE = 2
"""Each may grow to 8 MiB and is copied once: 32 MiB in all, whatever a hundred hosts do."""

GoOn = Callable[[], None]


class LargeAnswers:
    """Turns for large answers. A line has its turn until it is closed; those that wait are not read from."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._free = most
        self._waiting: deque[GoOn] = deque()

    def enter(self, go_on: GoOn) -> bool:
        """Whether it is the line's turn at once; otherwise `go_on` is called when it is."""
        if self._free > 0:
            self._free -= 1
            return True
        self._waiting.append(go_on)
        return False

    def leave(self, go_on: GoOn) -> None:
        """The line is gone, whether it had its turn or waits for it."""
        if go_on in self._waiting:
            self._waiting.remove(go_on)
        elif self._waiting:
            self._waiting.popleft()()
        else:
            self._free += 1
