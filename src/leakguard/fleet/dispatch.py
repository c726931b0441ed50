"""Dispatch: which shard of a vantage is sent when, sent again when, given up when. No clock, no network.

Never more than `workers` shards are in flight, nor more than workers were heard of within a lease: an order that waits
for one uses up its time and comes to nothing. A slot is free again when its attempt has answered, or when its time is
over and the worker must have stopped by itself. That is what makes the shares of the limits add up to the limits.

Each attempt is given to one worker, by the name of its key, and only that worker's word on it counts. All have equally
many at hand, however many one of them says that it could do.
"""

from __future__ import annotations

from collections import Counter, deque
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
    to: str = ""
    """The name of the key of the worker that it was given to."""


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
    given: dict[int, dict[int, str]] = field(default_factory=dict)
    """Whom each attempt at each shard was given to, by the name of its key."""
    _workers: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)
    """Each worker that showed life, by the name of its key and its own: how many shards it does at once, and when."""

    @classmethod
    def of(
        cls, shards: Iterable[int], *, workers: int, lease: timedelta, attempts: int, done: Iterable[int] = (),
        flying: Iterable[Flight] = (), sent: Iterable[Flight] = (),
    ) -> Lane:  # fmt: skip
        """A lane for shards that have no result yet.

        `flying` was sent by a coordinator before this one, and so was `sent`: all attempts at all shards, whose results
        may come late, or once more.
        """
        in_flight = {flight.number: flight for flight in flying}
        waiting = deque((number, 1) for number in shards if number not in in_flight)
        given: dict[int, dict[int, str]] = {}
        for flight in (*sent, *in_flight.values()):
            given.setdefault(flight.number, {})[flight.attempt] = flight.to
        return cls(
            workers=workers, lease=lease, attempts=attempts, waiting=waiting, flying=in_flight, done=set(done),
            given=given,
        )  # fmt: skip

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
            to = self._next_holder(number, now)
            self.given.setdefault(number, {})[attempt] = to
            self.flying[number] = Flight(number=number, attempt=attempt, until=now + self.lease, to=to)
            yield self.flying[number]

    def is_given(self, number: int, attempt: int, signer: str) -> bool:
        """Whether this worker was given this attempt; its word on any other counts for nothing."""
        return bool(signer) and self.given.get(number, {}).get(attempt) == signer

    def has_other(self, signer: str, now: datetime) -> bool:
        """Whether a worker with another key is there."""
        return any(key != signer for key, _ in self._present(now))

    def _next_holder(self, number: int, now: datetime) -> str:
        """Who has least at hand, and has not tried this shard where there is a choice; nobody before the first word."""
        seats = Counter[str]()
        for key in self._present(now) or list(self._workers)[-1:]:
            seats[key[0]] += self._workers[key][0]
        at_hand = Counter(flight.to for flight in self.flying.values())
        tried = set(self.given.get(number, {}).values())
        free = [signer for signer in seats if at_hand[signer] < seats[signer]] or list(seats)
        fresh = [signer for signer in free if signer not in tried] or free
        return min(fresh, key=lambda signer: at_hand[signer], default="")

    def hear(self, worker: str, slots: int, now: datetime, *, signer: str = "") -> bool:
        """A worker showed life; returns whether it is one that was not there before."""
        is_new = (signer, worker) not in self._present(now)
        self._workers[signer, worker] = (slots, now)
        return is_new

    def touch(self, worker: str, now: datetime, *, signer: str = "") -> None:
        """A worker that is there showed life once more; nothing for one that is not."""
        if (signer, worker) in self._present(now):
            self._workers[signer, worker] = (self._workers[signer, worker][0], now)

    def present(self, now: datetime) -> tuple[str, ...]:
        """The workers that were heard of within a lease."""
        return tuple(name for _, name in self._present(now))

    def _present(self, now: datetime) -> list[tuple[str, str]]:
        return [key for key, (_, at) in self._workers.items() if now - at <= self.lease + SKEW]

    def seats(self, now: datetime) -> int:
        """How many shards they do at once."""
        return sum(self._workers[key][0] for key in self._present(now))

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
        for flight in [flight for flight in self.flying.values() if now >= flight.until + SKEW]:
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
