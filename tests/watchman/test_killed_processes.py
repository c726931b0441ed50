"""Real processes, real SIGKILLs: at speed 1000, with one watchman and with two, on both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random  # noqa: TID251  (seeded: the same lives in every run)

import pytest

from leakguard.ledger.verification import DoubtKind
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.evidence import verify_store
from leakguard.use_cases.time_sources import SteppedTime
from support import watch_process
from support.killed_days import repeats, told
from support.ledgers import Tokens
from support.postgres_server import postgres_server
from support.watching import INCIDENT, NOON, World

SPEED = 1000.0
KILLS = 6
"""In each of the four runs, so 24 in all."""
PROGRAM = Path(watch_process.__file__)
pytestmark = pytest.mark.timeout(300)


def start(place: str, sink: Path, began: float) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, str(PROGRAM), place, str(sink), str(SPEED), str(began)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)


def play(place: str, sink: Path, *, watchmen: int, seed: int) -> float:
    """Six deaths, each at a random moment of a process's work; returns the simulated hours until the last one ended."""
    dice = Random(seed)  # noqa: S311  (not for secrets)
    began = time.time()  # noqa: TID251  (the real moment at which the simulated day begins)
    processes = [start(place, sink, began) for _ in range(watchmen)]
    for number in range(KILLS):
        victim = processes[number % watchmen]
        assert victim.stdout is not None
        assert victim.stdout.readline() == "at work\n"
        time.sleep(dice.uniform(0, 0.5))
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL
        victim.stdout.close()
        processes[number % watchmen] = start(place, sink, began)
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
    time.sleep(3)  # 50 simulated minutes
    hours = (time.time() - began) * SPEED / 3600  # noqa: TID251  (as above)
    for process in processes:
        process.kill()
        process.communicate()
    return hours


def prepared(place: str) -> World:
    """An incident that was opened and understood at noon; nobody acts, so every clock runs out."""
    time_source = SteppedTime(NOON)
    world = World(store=SqlStore.open(place, now=time_source.now, token=Tokens()), time=time_source)
    world.open()
    world.event("awareness")
    return world


def hold(world: World, sink: Path, passed: float) -> None:
    """Everything that passed is told once, every message arrived, and no delivery is without its try."""
    history = world.history()
    got = Counter((one["channel"], one["id"]) for one in map(json.loads, sink.read_text("utf-8").splitlines()))
    counts = told(world, INCIDENT) | Counter(
        {(clock, 0, text): n for (clock, text), n in repeats(world, INCIDENT).items()}
    )
    hours = {"hour": 1, "late": 2, "four": 4, "eight": 8, "day": 20}
    over = {clock for clock, limit in hours.items() if limit < passed - 0.5}

    assert "hour" in over
    assert set(counts.values()) == {1}
    assert over <= {clock for clock, _, text in counts if text == "PT0S"}
    for clock in over:
        latest = history.latest(clock)
        assert latest is not None
        assert any(message == latest.id for _, message in got)
    tries = Counter((one.attempt.channel, message.id) for message in history.messages for one in message.tries)
    assert all(number <= tries[key] for key, number in got.items())
    sent = Counter(
        (one.attempt.channel, message.id, one.attempt.round, one.attempt.level)
        for message in history.messages
        for one in message.tries
        if one.outcome
    )
    assert set(sent.values()) == {1}
    assert {doubt.kind for doubt in verify_store(world.store).doubts} <= {DoubtKind.NO_HEAD}


@pytest.mark.parametrize("watchmen", [1, 2])
def test_killed_processes_lose_and_double_nothing_on_sqlite(tmp_path: Path, watchmen: int) -> None:
    place, sink = str(tmp_path / "leakguard.db"), tmp_path / "sent.jsonl"
    with closing(prepared(place).store):
        passed = play(place, sink, watchmen=watchmen, seed=watchmen)
    world = World(store=SqlStore.open(place, now=SteppedTime(NOON).now, token=Tokens()), time=SteppedTime(NOON))
    with closing(world.store):
        hold(world, sink, passed)


@pytest.mark.parametrize("watchmen", [1, 2])
def test_killed_processes_lose_and_double_nothing_on_postgresql(tmp_path: Path, watchmen: int) -> None:
    with postgres_server() as server:
        place, sink = server.new_database(), tmp_path / "sent.jsonl"
        world = prepared(place)
        with closing(world.store):
            passed = play(place, sink, watchmen=watchmen, seed=10 + watchmen)
            hold(world, sink, passed)
