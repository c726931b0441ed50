"""Real processes, real SIGKILLs: at speed 1000, with one watchman and with two, on both databases."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random  # noqa: TID251  (seeded: the same lives in every run)

import pytest

from leakguard.alerts.records import TAKEOVER
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watchman import LEASE, once
from leakguard.use_cases.proofs.evidence import verify_store
from support import watch_process
from support.killed_days import repeats, told
from support.ledgers import Tokens
from support.postgres_server import PostgresServer
from support.watching import INCIDENT, NOON, World

SPEED = 1000.0
KILLS = max(6, int(os.environ.get("LEAKGUARD_KILLS", "0")) // 10)
"""In each of the four runs, so 24 in all; a hundred each where a thousand deaths are asked for."""
PATIENCE = 120.0
"""Real seconds within which a simulated hour of 3.6 seconds must be over, however busy the machine is."""
HOURS = {"hour": 1, "late": 2, "four": 4, "eight": 8, "day": 20}
"""When each clock's limit is over."""
pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["leakguard.store.sql_store", "leakguard.use_cases.alerts.watchman_loop", "psycopg", "pytest"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A simulated day that began at a real moment."""

    place: str
    sink: Path
    began: float

    def hours(self) -> float:
        """Simulated hours since noon."""
        return (time.time() - self.began) * SPEED / 3600  # noqa: TID251  (the day runs by the machine's clock)

    def start(self) -> ForkServerProcess:
        """A watchman's process, once it is at work."""
        reader, writer = FORKS.Pipe(duplex=False)
        with closing(reader), closing(writer):
            words = (self.place, self.sink, SPEED, self.began, writer)
            process = FORKS.Process(target=watch_process.main, args=words, daemon=True)
            process.start()
            assert reader.poll(PATIENCE)
        return process


def kill(process: ForkServerProcess) -> None:
    """With the signal that nothing can catch."""
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    process.close()


def wait_until(is_reached: Callable[[], bool]) -> None:
    """Look again and again, so that a slow machine only takes longer."""
    end = time.monotonic() + PATIENCE
    while not is_reached():
        assert time.monotonic() < end
        time.sleep(0.1)


def play(world: World, place: str, sink: Path, *, watchmen: int, seed: int) -> float:
    """Six deaths at random moments of a process's work, until the first limit was told; then one who is left in peace.

    Returns the simulated hours at which the last look began.
    """
    dice = Random(seed)  # noqa: S311  (not for secrets)
    day = Play(place=place, sink=sink, began=time.time())  # noqa: TID251  (the real moment at which the day begins)
    processes = [day.start() for _ in range(watchmen)]
    for number in range(KILLS):
        time.sleep(dice.uniform(0, 0.5))
        kill(processes[number % watchmen])
        processes[number % watchmen] = day.start()
    wait_until(lambda: any((clock, text) == ("hour", "PT0S") for clock, _, text in told(world, INCIDENT)))
    for process in processes:
        kill(process)
    last = SteppedTime(NOON + timedelta(hours=day.hours()))
    survivor = watch_process.watchman_of(world.store, sink, now=last.now, holder="the last one")
    for _ in range(30):
        last.sleep(20)
        once(survivor)
    return (last.now() - NOON) / timedelta(hours=1)


def prepared(place: str) -> World:
    """An incident that was opened and understood at noon; nobody acts, so every clock runs out."""
    time_source = SteppedTime(NOON)
    world = World(store=SqlStore.open(place, now=time_source.now, token=Tokens()), time=time_source)
    world.open()
    world.event("awareness")
    return world


def hold(world: World, sink: Path, passed: float) -> None:
    """Everything that passed is told once, takeovers too; every message arrived, and no delivery is without its try."""
    history = world.history()
    got = Counter((one["channel"], one["id"]) for one in map(json.loads, sink.read_text("utf-8").splitlines()))
    counts = told(world, INCIDENT) | Counter(
        {(clock, 0, text): n for (clock, text), n in repeats(world, INCIDENT).items()}
    )
    over = {clock for clock, limit in HOURS.items() if limit <= passed}

    assert "hour" in over
    assert set(counts.values()) == {1}
    assert over <= {clock for clock, _, text in counts if text == "PT0S"}
    for clock in over:
        latest = history.latest(clock)
        assert latest is not None
        assert any(message == latest.id for _, message in got)
    messages = (*history.messages, *world.history(LEASE).messages)
    tries = Counter((one.attempt.channel, message.id) for message in messages for one in message.tries)
    assert all(number <= tries[key] for key, number in got.items())
    sent = Counter(
        (one.attempt.channel, message.id, one.attempt.round, one.attempt.level)
        for message in messages
        for one in message.tries
        if one.outcome
    )
    assert set(sent.values()) == {1}
    takeovers = [one for one in world.store.read(LEASE) if one.kind == TAKEOVER]
    assert len(takeovers) == len(messages) - len(history.messages) > 0
    assert {doubt.kind for doubt in verify_store(world.store).discrepancies} <= {
        DiscrepancyKind.NO_HEAD,
        DiscrepancyKind.WRONG_SYSTEM_TIME,
    }


@pytest.mark.parametrize("watchmen", [1, 2])
def test_killed_processes_lose_and_double_nothing_on_sqlite(tmp_path: Path, watchmen: int) -> None:
    place, sink = str(tmp_path / "leakguard.db"), tmp_path / "sent.jsonl"
    world = prepared(place)
    with closing(world.store):
        passed = play(world, place, sink, watchmen=watchmen, seed=watchmen)
        hold(world, sink, passed)


@pytest.mark.parametrize("watchmen", [1, 2])
def test_killed_processes_lose_and_double_nothing_on_postgresql(
    server: PostgresServer, tmp_path: Path, watchmen: int
) -> None:
    place, sink = server.new_database(), tmp_path / "sent.jsonl"
    world = prepared(place)
    with closing(world.store):
        passed = play(world, place, sink, watchmen=watchmen, seed=10 + watchmen)
        hold(world, sink, passed)
