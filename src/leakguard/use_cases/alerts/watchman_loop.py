"""The watchman's loop: look, tell that it lives, sleep until the next change, and at most fifteen seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from leakguard.alerts.records import step_record
from leakguard.errors import StoreUnusable
from leakguard.frozen import Frozen
from leakguard.logs import log
from leakguard.ports import TimeSource
from leakguard.use_cases.alerts.cycles import Cycle
from leakguard.use_cases.alerts.watchman import LEASE, Watchman, once

LONGEST_SLEEP = 15.0
"""Seconds: a machine that was suspended, or whose clock was set, is noticed after that."""
SHORTEST_SLEEP = 0.01
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
    """Watch until the process is asked to end; a store that does not answer is asked again.

    Raises `LedgerBroken`: nothing can be written on top of a broken ledger, and the missing heartbeat tells others.
    """
    steps = StepDetector(loop.time)
    log.info("watchman_started")
    try:
        while not loop.is_stopped():
            cycle = _cycle(watchman, loop, steps)
            loop.time.sleep(pause(cycle, loop.time.now()))
    finally:
        _let_go(watchman)
        log.info("watchman_stopped")


def _cycle(watchman: Watchman, loop: Loop, steps: StepDetector) -> Cycle | None:
    jump = steps.look()
    try:
        if jump is not None:
            log.warning("watchman_clock_stepped", seconds=jump)
            watchman.store.append(LEASE, (step_record(jump, now=loop.time.now()),))
        cycle = once(watchman)
        loop.tell(cycle)
        if cycle.is_leader:
            loop.beat(cycle)
    except StoreUnusable as error:
        log.warning("store_failed", error=type(error).__name__)
        loop.tell_problem(error)
        return None
    log_cycle(cycle)
    return cycle


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


def _let_go(watchman: Watchman) -> None:
    """Another watchman need not wait; a store that is gone releases the lease by its end."""
    try:
        watchman.store.release_lease(LEASE, watchman.holder)
    except StoreUnusable:
        return
