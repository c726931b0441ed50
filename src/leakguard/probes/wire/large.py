"""Large answers: few are held at once, so that a network of hosts that all say much cannot fill the memory.

Whoever holds one for long goes as soon as another waits, so that hosts which dawdle keep nobody from being heard.
"""

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

_MEBIBYTE = 1024 * 1024
_SURE, _SURE_A_MEBIBYTE, _SURE_AT_MOST = 3.0, 1.0, 8.0
"""Seconds for which a session has its turn whoever waits, and those more for each mebibyte that it was told. Behind
them a host that is asked alone still has all its time."""

GoOn = Callable[[], None]
Time = Callable[[], float]


class LargeAnswers:
    """Turns for large answers. Who has one keeps it until it leaves; those that wait are not read from."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: deque[GoOn] = deque()
        self._asked_to_go: set[GoOn] = set()

    def enter(self, go_on: GoOn) -> bool:
        """Whether there is a turn at once; otherwise `go_on` is called when there is."""
        if self._free > 0:
            self._free -= 1
            return True
        self._waiting.append(go_on)
        return False

    def leave(self, go_on: GoOn) -> None:
        """Whoever entered with `go_on` is gone, whether it had its turn or waits for it."""
        self._asked_to_go.discard(go_on)
        if go_on in self._waiting:
            self._waiting.remove(go_on)
        elif self._waiting:
            self._waiting.popleft()()
        else:
            self._free += 1

    def asks_to_go(self, go_on: GoOn) -> bool:
        """Whether whoever entered with `go_on` is to leave for one that waits; for each of those one is asked."""
        if len(self._asked_to_go) < len(self._waiting):
            self._asked_to_go.add(go_on)
        return go_on in self._asked_to_go


class Lanes:
    """The turns of one run: for the large, and among those for the vast."""

    def __init__(self) -> None:
        self._lanes = ((LARGE_FROM, LargeAnswers(MOST_LARGE)), (VAST_FROM, LargeAnswers(MOST_VAST)))

    def turn(self, time: Time) -> Turn:
        """What one session holds; nothing yet. `time` is a clock in seconds."""
        return Turn(self._lanes, time)


class Turn:
    """The turns that one session holds. What it was told lives as long as it does, so it keeps them until its end."""

    def __init__(self, lanes: tuple[tuple[int, LargeAnswers], ...], time: Time) -> None:
        self._lanes = lanes
        self._time = time
        self._entered = 0
        """In how many lanes it is, the one that it waits for among them."""
        self._added_up = 0
        self._seen = 0
        """Bytes, those of the answer that is coming in among them."""
        self._since = 0.0
        """Since when it has the last of its turns."""
        self._is_over = False
        self._go_on: GoOn | None = None

    def admits(self, size: int, go_on: GoOn) -> bool:
        """Whether an answer that has come to `size` may be read on at once; otherwise `go_on` is called when it may."""
        self._seen = self._added_up + size
        while self._entered < len(self._lanes) and self._seen > self._lanes[self._entered][0]:
            lane = self._lanes[self._entered][1]
            self._entered += 1
            if not lane.enter(self._come):
                self._go_on = go_on
                return False
            self._since = self._time()
        return True

    @property
    def is_over(self) -> bool:
        """Whether the session has to end, since others wait and it had its time; once it has, it has for good."""
        if not self._is_over and self._go_on is None and self._entered and self._time() >= self._sure_until:
            self._is_over = any(lane.asks_to_go(self._come) for _, lane in self._lanes[: self._entered])
        return self._is_over

    @property
    def _sure_until(self) -> float:
        return self._since + min(_SURE + _SURE_A_MEBIBYTE * self._seen / _MEBIBYTE, _SURE_AT_MOST)

    def add(self, size: int) -> None:
        """An answer of `size` is over. If it was waited for, it is no more."""
        if self._go_on is not None:
            self._go_on = None
            self._step_back()
        if size > _ADDS_UP_FROM:
            self._added_up += size

    def leave(self) -> None:
        """The session is over."""
        while self._entered:
            self._step_back()

    def _step_back(self) -> None:
        self._entered -= 1
        self._lanes[self._entered][1].leave(self._come)

    def _come(self) -> None:
        go_on, self._go_on = self._go_on, None
        self._since = self._time()
        if go_on is not None:
            go_on()
