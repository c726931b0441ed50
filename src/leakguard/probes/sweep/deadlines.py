"""Deadlines of the sweep: one first-in-first-out queue for each length of time, so that none has to be sorted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from leakguard.probes.sweep.flight import Flight


class Deadlines:
    """What is due when; a flight that moved on is passed over."""

    def __init__(self) -> None:
        self._queues: dict[float, deque[tuple[float, Flight, int]]] = {}

    def add(self, flight: Flight, seconds: float, now: float) -> None:
        """The question that `flight` waits with has so many seconds from now on."""
        queue = self._queues.get(seconds)
        if queue is None:
            queue = self._queues[seconds] = deque()
        queue.append((now + seconds, flight, flight.serial))

    def due(self, now: float) -> Iterator[Flight]:
        """Flights whose time is over, each once."""
        for queue in tuple(self._queues.values()):  # whoever is told may add another length
            while queue and (queue[0][0] <= now or queue[0][1].serial != queue[0][2]):
                _, flight, serial = queue.popleft()
                if flight.serial == serial:
                    yield flight
