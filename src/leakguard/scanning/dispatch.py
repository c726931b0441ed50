"""Dispatch: which shard of a vantage is sent when, sent again when, given up when. No clock, no network.

Never more than `workers` shards are in flight, nor more than workers were heard of within a lease: an order that waits
for one uses up its time and comes to nothing. A slot is free again when its attempt has answered, or when its time is
over and the worker must have stopped by itself. That is what makes the shares of the limits add up to the limits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leakguard.frozen import Frozen

SKEW = timedelta(seconds=5)
"""How far the clocks of coordinator and workers may be apart."""
OVERDUE = "no result came in time"


class Flight(Frozen):
    """One attempt at one shard."""

    number: int
    attempt: int
    until: datetime
    """When the worker must have stopped."""


@dataclass(slots=True, kw_only=True)
class Lane:
    """The shards of one vantage."""

    workers: int
    lease: timedelta
    attempts: int
    waiting: deque[tuple[int, int]]
    """Number and attempt of each shard that is to be sent."""
    flying: dict[int, Flight] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    given_up: dict[int, str] = field(default_factory=dict)
    """Number of the shard and why."""
    has_answered: bool = False
    refusing: set[str] = field(default_factory=set)
    """The workers that were told to a person, as they would do no work for us."""
    _heard: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    """Each worker that showed life: how many shards it does at once, and when that was."""

    @classmethod
    def of(
        cls, shards: Iterable[int], *, workers: int, lease: timedelta, attempts: int, done: Iterable[int] = (),
        flying: Iterable[Flight] = (),
    ) -> Lane:  # fmt: skip
        """A lane for shards that have no result yet; `flying` was sent by a coordinator before this one."""
        sent = {flight.number: flight for flight in flying}
        waiting = deque((number, 1) for number in shards if number not in sent)
        return cls(workers=workers, lease=lease, attempts=attempts, waiting=waiting, flying=sent, done=set(done))

    @property
    def is_over(self) -> bool:
        """Whether every shard has a result or is given up; a repeat that nobody needs may still be in flight."""
        return not self.waiting and all(number in self.done for number in self.flying)

    def to_send(self, now: datetime) -> Iterator[Flight]:
        """Free the slots whose time is over, then fill every free one."""
        self._land_overdue(now)
        while self.waiting and len(self.flying) < min(self.workers, max(1, self.seats(now))):
            number, attempt = self.waiting.popleft()
            if number in self.done:
                continue
            self.flying[number] = Flight(number=number, attempt=attempt, until=now + self.lease)
            yield self.flying[number]

    def hear(self, worker: str, slots: int, now: datetime) -> bool:
        """A worker showed life; returns whether it is one that was not there before."""
        is_new = worker not in self.present(now)
        self._heard[worker] = (slots, now)
        return is_new

    def touch(self, worker: str, now: datetime) -> None:
        """A worker that is known showed life once more."""
        self._heard[worker] = (self._heard[worker][0], now)

    def present(self, now: datetime) -> tuple[str, ...]:
        """The workers that were heard of within a lease."""
        return tuple(name for name, (_, at) in self._heard.items() if now - at <= self.lease + SKEW)

    def seats(self, now: datetime) -> int:
        """How many shards they do at once."""
        return sum(self._heard[name][0] for name in self.present(now))

    def next_change(self) -> datetime | None:
        """When the next slot is free at the latest."""
        return min((flight.until + SKEW for flight in self.flying.values()), default=None)

    def succeeded(self, number: int, attempt: int) -> None:
        """A whole result came; a late one of an earlier attempt is as good, but frees no slot of a later one."""
        self.has_answered = True
        self.done.add(number)
        self.given_up.pop(number, None)
        self._land(number, attempt)

    def failed(self, number: int, attempt: int, reason: str) -> None:
        """The attempt ended without a whole result; it is made again, if it was not the last one."""
        self.has_answered = True
        if self._land(number, attempt):
            self._again(number, attempt, reason)

    def _land(self, number: int, attempt: int) -> bool:
        flight = self.flying.get(number)
        if flight is None or flight.attempt != attempt:
            return False
        del self.flying[number]
        return True

    def _land_overdue(self, now: datetime) -> None:
        for flight in [one for one in self.flying.values() if now >= one.until + SKEW]:
            del self.flying[flight.number]
            self._again(flight.number, flight.attempt, OVERDUE)
        if not self.has_answered and self.given_up:
            self._give_up_all()

    def _again(self, number: int, attempt: int, reason: str) -> None:
        if number in self.done:
            return
        if attempt >= self.attempts:
            self.given_up[number] = reason
        else:
            self.waiting.appendleft((number, attempt + 1))

    def _give_up_all(self) -> None:
        """Nobody has answered through all attempts at a shard: the others would only wait as long for nobody."""
        self.given_up |= {number: OVERDUE for number, _ in self.waiting}
        self.waiting.clear()
