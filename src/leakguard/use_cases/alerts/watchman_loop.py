"""The watchman's loop: look, tell that it lives, sleep until the next change, and at most fifteen seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from leakguard.alerts.records import step_record
from leakguard.errors import StoreUnusable
from leakguard.frozen import Frozen, replace
from leakguard.logs import log
from leakguard.ports import TimeSource
from leakguard.ports.alerting import UnwrittenMemory
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.unwritten import UnwrittenStore
from leakguard.use_cases.alerts.unwritten_memory import parse_unwritten, unwritten_text
from leakguard.use_cases.alerts.watchman import LEASE, OUTAGE, Watchman, once

LONGEST_SLEEP = 15.0
"""Seconds: a machine that was suspended, or whose clock was set, is noticed after that."""
SHORTEST_SLEEP = 0.01
PATIENCE = timedelta(minutes=10)
"""How long a store may refuse every look before the watchman ends: a restart of the database takes less."""
TELLING = timedelta(minutes=2)
"""How long a store may refuse every look before people are alerted to that; a file is rarely locked for so long."""
STEP = 2.0
"""Seconds by which the wall clock may drift from the other one between two looks."""


class Loop(Frozen):
    """What the loop needs beside the watchman."""

    time: TimeSource
    is_stopped: Callable[[], bool]
    beat: Callable[[Cycle], None]
    """Called after each whole cycle of the one that leads: it writes the heartbeat."""
    tell: Callable[[Cycle], None]
    """Shows a person what a cycle did."""
    tell_problem: Callable[[StoreUnusable], None]


def run(watchman: Watchman, loop: Loop) -> None:
    """Watch until the process is asked to end; a store that does not answer is asked again, for `PATIENCE`.

    What is due meanwhile is sent all the same, as long as the store can be read.
    Raises `StoreUnusable` after that time, so that whoever started it notices, and `LedgerBroken`: nothing can be
    written on top of a broken ledger, and the missing heartbeat tells others.
    """
    steps = StepDetector(loop.time)
    outage = _Outage(watchman, loop)
    log.info("watchman_started")
    try:
        while not loop.is_stopped():
            cycle = outage.cycle(steps)
            loop.time.sleep(pause(cycle, loop.time.now()))
    finally:
        let_go(watchman)
        log.info("watchman_stopped")


class _Outage:
    """Looks, and how long the store has refused them."""

    def __init__(self, watchman: Watchman, loop: Loop) -> None:
        self._watchman, self._loop = watchman, loop
        self._unwritten = UnwrittenStore(store=watchman.store, now=loop.time.now, silence=OUTAGE.total_seconds())
        self._since: datetime | None = None

    def cycle(self, steps: StepDetector) -> Cycle | None:
        """One look; one that could not be recorded where the store refuses it. Raises `StoreUnusable` in the end."""
        jump = steps.look()
        try:
            self._unwritten.write()
            if jump is not None:
                log.warning("watchman_clock_stepped", seconds=jump)
                self._watchman.store.append(LEASE, (step_record(jump, now=self._loop.time.now()),))
            cycle = once(self._watchman)
            self._loop.tell(cycle)
            if cycle.is_leader:
                self._loop.beat(cycle)
        except StoreUnusable as error:
            return self._refused(error)
        self._since = None
        log_cycle(cycle)
        return cycle

    def _refused(self, error: StoreUnusable) -> Cycle | None:
        log.warning("store_failed", error=type(error).__name__)
        now = self._loop.time.now()
        self._since = self._since or now
        cycle = self._unrecorded(error, tells=now - self._since >= TELLING)
        if now - self._since >= PATIENCE:
            minutes = int(PATIENCE.total_seconds() // 60)
            raise StoreUnusable(
                f"{error.message}, for {minutes} minutes now: the watchman ends", next_step=error.next_step
            ) from error
        self._loop.tell_problem(error)
        return cycle

    def _unrecorded(self, error: StoreUnusable, *, tells: bool) -> Cycle | None:
        """What is due is sent all the same; nothing where the store cannot be read either."""
        watchman = replace(
            self._watchman, store=self._unwritten, unwritable=error.message, tells_of_store=tells
        )  # fmt: skip
        try:
            cycle = replace(once(watchman), is_recorded=False)
        except StoreUnusable:
            return None
        self._loop.tell(cycle)
        return cycle


def once_unrecorded(watchman: Watchman, error: StoreUnusable, memory: UnwrittenMemory) -> tuple[Cycle, bool]:
    """One look whose store refused it with `error`: what is due is sent, and the next process sends none of it again.

    Also returns whether that could be remembered. Raises `StoreUnusable` where the store cannot be read either.
    """
    unwritten = UnwrittenStore(store=watchman.store, now=watchman.now, silence=OUTAGE.total_seconds())
    unwritten.remember(parse_unwritten(memory.read()))
    cycle = once(replace(watchman, store=unwritten, unwritable=error.message))
    is_remembered = memory.write(unwritten_text(unwritten.waiting)) if cycle.is_leader else True
    return replace(cycle, is_recorded=False), is_remembered


def log_cycle(cycle: Cycle) -> None:
    """What a look did; who else watches is not told, as that names machines."""
    if not cycle.is_leader:
        log.debug("watchman_stood_by")
        return
    if cycle.is_takeover:
        log.warning("watchman_took_over")
    if cycle.unwatched_since is not None:
        log.warning("watchman_outage_found", seconds=(cycle.at - cycle.unwatched_since).total_seconds())
    log.debug("watchman_cycled", incident_count=cycle.incident_count, count=len(cycle.messages))


def pause(cycle: Cycle | None, now: datetime) -> float:
    """How long to sleep after a cycle, in seconds."""
    if cycle is None or cycle.next_look is None:
        return LONGEST_SLEEP
    return min(LONGEST_SLEEP, max(SHORTEST_SLEEP, (cycle.next_look - now).total_seconds()))


class StepDetector:
    """Compares the wall clock with the one that only grows."""

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._wall, self._grown = time.now(), time.monotonic()

    def look(self) -> float | None:
        """By how many seconds the wall clock jumped since the last look; `None` when it did not."""
        wall, grown = self._time.now(), self._time.monotonic()
        jump = (wall - self._wall).total_seconds() - (grown - self._grown)
        self._wall, self._grown = wall, grown
        return jump if abs(jump) > STEP else None


def let_go(watchman: Watchman) -> None:
    """Another watchman need not wait; a store that is gone releases the lease by its end."""
    try:
        watchman.store.release_lease(LEASE, watchman.holder)
    except StoreUnusable:
        return
