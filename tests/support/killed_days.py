"""A day that is watched by processes that die: the script of its events, the days themselves, and what must hold then.

What "no alarm lost, none doubled" means here, precisely:
- every threshold of every clock that passed is in the ledger exactly once, raised or written down as missed;
- every message was delivered, unless a more urgent one about the same clocks was, or its clocks had ended;
- each delivery has its try in the ledger, and only a try whose end nobody wrote down was ever repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random  # noqa: TID251  (seeded: the same deaths in every run)

from leakguard.alerts.history import Message
from leakguard.clocks.rules import ClockRule
from leakguard.frozen import replace
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.watchman import LEASE, Watchman, once
from support.killing import Fuse, KillableChannel, KillableStore, Killed
from support.watching import INCIDENT, World, rule

OTHER = "IR-2026-0002"
RULES: tuple[ClockRule, ...] = (
    rule("hour", hours=1),
    rule("four", hours=4, law="Art. 1"),
    rule("eight", hours=8, law="Art. 2"),
    rule("day", hours=20),
    rule("late", hours=2, thresholds=["50%", "PT0S", "+PT1H"]),
)
QUIET, ANXIOUS = 1800.0, 60.0
"""Seconds between two looks on average, while the next change is known and while it is not."""
MOST_LOOKS = 30_000.0
"""Seconds for all deaths together: with a thousand of them there is a look every half minute."""
Script = dict[int, Callable[[World], object]]
"""Minutes since noon, and what happens then."""


def _take_late_over(world: World) -> None:
    acknowledge(world.store, INCIDENT, "late", by="Ada", lasts=timedelta(hours=3), now=world.time.now)


def script() -> Script:
    """Two incidents; filings stand well apart from every threshold, so that no look can fall in between."""
    return {
        1: lambda world: (world.event("awareness"), world.open(OTHER)),
        30: lambda world: world.event("awareness", incident=OTHER),
        130: lambda world: world.event("filed", obligation="hour"),
        270: lambda world: world.event("filed", obligation="four"),
        300: lambda world: world.event("filed", obligation="hour", incident=OTHER),
        360: lambda world: world.event("filed", obligation="four", incident=OTHER),
        420: _take_late_over,
        430: lambda world: world.event("filed", obligation="eight", incident=OTHER),
        730: lambda world: world.event("filed", obligation="late", incident=OTHER),
    }  # fmt: skip


@dataclass
class Day:
    """One day with deaths."""

    world: World
    seed: int
    watchmen: int = 1
    kills: int = 0
    """How many deaths are meant to be."""
    deaths: int = 0
    """How many there were."""

    def play(self, *, hours: float = 24) -> Day:
        """Let the watchmen look in turns; each death is followed by a new process under another name.

        As in the loop of a real one, the next change of any clock ends a pause; more deaths need more looks.
        """
        self._dice, self._names = Random(self.seed), count(1)  # noqa: S311  (not for secrets)
        self._next_look: datetime | None = None
        watchmen = [self._born() for _ in range(self.watchmen)]
        self.world.rules = list(RULES)
        self.world.open()
        start = self.world.time.now()
        end, events = start + timedelta(hours=hours), sorted(script().items())
        while self.world.time.now() < end:
            coming = start + timedelta(minutes=events[0][0]) if events else end
            self.world.time.sleep(self._pause(coming))
            if events and self.world.time.now() >= coming:
                events.pop(0)[1](self.world)
            watchmen = [one if self._look(one) else self._born() for one in watchmen]
        survivor = self.world.watchman("the last one")
        for _ in range(30):
            self.world.time.sleep(20)
            once(survivor)
        return self

    def _pause(self, coming: datetime) -> float:
        """Seconds until the next look: long while nothing happens, short while nobody knows when something will."""
        now = self.world.time.now()
        is_known = self._next_look is not None and self._next_look > now
        longest = min(QUIET if is_known else ANXIOUS, MOST_LOOKS / max(self.kills, 1))
        ends = [coming, now + timedelta(seconds=self._dice.uniform(0.3, 1.7) * longest)]
        if self._next_look is not None and is_known:
            ends.append(self._next_look + timedelta(seconds=self._dice.uniform(0, 30)))
        return max((min(ends) - now).total_seconds(), 0.0)

    def _born(self) -> Watchman:
        """A new process, whose life is so many calls long; a cycle has seven calls, and three more a message."""
        fuse = Fuse()
        if self.deaths < self.kills:
            fuse.set(self._dice.randint(0, 16), is_after=self._dice.random() < 0.5)
        return killable(self.world.watchman(f"watchman-{next(self._names)}"), fuse)

    def _look(self, watchman: Watchman) -> bool:
        """One cycle; returns whether the watchman has survived it."""
        try:
            cycle = once(watchman)
        except Killed:
            self.deaths += 1
            self._next_look = None
            return False
        if cycle.is_leader:
            self._next_look = cycle.next_look
        return True


def killable(watchman: Watchman, fuse: Fuse) -> Watchman:
    """The same watchman, who may die at any call."""
    channels = {name: KillableChannel(channel, fuse) for name, channel in watchman.channels.items()}
    return replace(watchman, store=KillableStore(watchman.store, fuse), channels=channels)


def told(world: World, incident: str) -> Counter[tuple[str, int, str]]:
    """How often each threshold of each clock stands in the ledger; repeats are left out, they depend on the looks."""
    return Counter(
        (str(one.content["clock"]), int(one.content["generation"]), str(one.content["threshold"]))
        for one in world.store.read(incident)
        if one.kind in {"alarm_raised", "alarm_missed"} and not str(one.content["threshold"]).startswith("+")
    )


def repeats(world: World, incident: str) -> Counter[tuple[str, str]]:
    """How often each repeat stands in the ledger."""
    return Counter(
        (str(one.content["clock"]), str(one.content["threshold"]))
        for one in world.store.read(incident)
        if one.kind in {"alarm_raised", "alarm_missed"} and str(one.content["threshold"]).startswith("+")
    )


def undelivered(world: World, incident: str) -> Iterator[Message]:
    """Messages that nobody got, although nothing more urgent about the same clocks came after them."""
    history = world.history(incident)
    got = {message.id for sink in world.sinks.values() for message in sink.got}
    for place, message in enumerate(history.messages):
        later = {alarm.clock for one in history.messages[place + 1 :] for alarm in one.alarms}
        if message.id not in got and not {alarm.clock for alarm in message.alarms} <= later:
            yield message


def unexplained(world: World, incidents: Sequence[str]) -> list[str]:
    """Deliveries beyond what the ledger explains by tries that were never heard of again; those of takeovers too."""
    deliveries = Counter((name, message.id) for name, sink in world.sinks.items() for message in sink.got)
    tries: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    rounds: set[tuple[str, str, int, int]] = set()
    for incident in (*incidents, LEASE):
        for message in world.history(incident).messages:
            for one in message.tries:
                key = (one.attempt.channel, message.id)
                tries[key] += 1
                lost[key] += not one.outcome
                rounds.add((*key, one.attempt.round, one.attempt.level))
    places = Counter((channel, message) for channel, message, _, _ in rounds)
    return [
        f"{key}: {number} deliveries, {tries[key]} tries, {lost[key]} without an end, {places[key]} meant"
        for key, number in deliveries.items()
        if number > tries[key] or number > places[key] + lost[key]
    ]
