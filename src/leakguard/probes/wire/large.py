"""Large answers: few are held at once, so that a network of hosts that all say much cannot fill the memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

LARGE_FROM = 128 * 1024
"""Bytes from which an answer is large; answers that only identify a server are far smaller. What is read of them may
weigh twenty times as much, and is held until the session is over: 128 smaller ones together are some 200 MiB."""
VAST_FROM = 1024 * 1024
"""Bytes from which it is among the few that may grow to 8 MiB."""
MOST_LARGE, MOST_VAST = 8, 2
"""Sessions that hold a large answer at once, and those of them that hold a vast one."""
_ADDS_UP_FROM = 64 * 1024
"""Bytes from which an answer counts for the session beyond its own end."""

GoOn = Callable[[], None]


class LargeAnswers:
    """Turns for large answers. Who has one keeps it until it leaves; those that wait are not read from."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: deque[GoOn] = deque()

    def enter(self, go_on: GoOn) -> bool:
        """Whether there is a turn at once; otherwise `go_on` is called when there is."""
        if self._free > 0:
            self._free -= 1
            return True
        self._waiting.append(go_on)
        return False

    def leave(self, go_on: GoOn) -> None:
        """Whoever entered with `go_on` is gone, whether it had its turn or waits for it."""
        if go_on in self._waiting:
            self._waiting.remove(go_on)
        elif self._waiting:
            self._waiting.popleft()()
        else:
            self._free += 1


class Lanes:
    """The turns of one run: for the large, and among those for the vast."""

    def __init__(self) -> None:
        self._lanes = ((LARGE_FROM, LargeAnswers(MOST_LARGE)), (VAST_FROM, LargeAnswers(MOST_VAST)))

    def turn(self) -> Turn:
        """What one session holds; nothing yet."""
        return Turn(self._lanes)


class Turn:
    """The turns that one session holds. What it was told lives as long as it does, so it keeps them until its end."""

    def __init__(self, lanes: tuple[tuple[int, LargeAnswers], ...]) -> None:
        self._lanes = lanes
        self._entered = 0
        """In how many lanes it is, the one that it waits for among them."""
        self._told = 0
        self._go_on: GoOn | None = None

    def admits(self, size: int, go_on: GoOn) -> bool:
        """Whether an answer that has come to `size` may be read on at once; otherwise `go_on` is called when it may."""
        while self._entered < len(self._lanes) and self._told + size > self._lanes[self._entered][0]:
            lane = self._lanes[self._entered][1]
            self._entered += 1
            if not lane.enter(self._come):
                self._go_on = go_on
                return False
        return True

    def add(self, size: int) -> None:
        """An answer of `size` is over. If it was waited for, it is no more."""
        if self._go_on is not None:
            self._go_on = None
            self._step_back()
        if size > _ADDS_UP_FROM:
            self._told += size

    def leave(self) -> None:
        """The session is over."""
        while self._entered:
            self._step_back()

    def _step_back(self) -> None:
        self._entered -= 1
        self._lanes[self._entered][1].leave(self._come)

    def _come(self) -> None:
        go_on, self._go_on = self._go_on, None
        if go_on is not None:
            go_on()
