"""A drill whose processes die at any call, or by real SIGKILLs at speed 1000, ends as an undisturbed one."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from random import Random  # noqa: TID251  (seeded: the same lives in every run)

import pytest

from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.use_cases.proofs.evidence import verify_store
from support import drill_process
from support.drills import INCIDENT, Drill, comparable, hold_against
from support.killed_days import told
from support.postgres_server import PostgresServer

KILLS = int(os.environ.get("LEAKGUARD_KILLS", "25"))
"""On each database; LEAKGUARD_KILLS=1000 for the whole thousand, which takes minutes."""
REAL_KILLS = max(3, KILLS // 10)
SPEED = 1000.0 if REAL_KILLS > 10 else 8000.0
"""The five hours of the drill take 19 seconds at speed 1000, which few kills do not need."""
PATIENCE = 120.0
"""Real seconds for a process to be born, however busy the machine is."""
pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
FORKS = multiprocessing.get_context("forkserver")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """The same drill with nobody dying."""
    drill = Drill(place=str(tmp_path_factory.mktemp("quiet") / "leakguard.db")).play()
    yield drill
    drill.world.store.close()


def test_the_quiet_drill_itself_has_alarms_and_deeds(quiet: Drill) -> None:
    """The yardstick of the other drills is worth something by itself."""
    thresholds = {text for clock, _, text in told(quiet.world, INCIDENT) if clock == "remediate"}

    assert thresholds >= {"50%", "75%", "90%", "-PT1H", "PT0S"}
    assert quiet.kinds()["alarm_acknowledged"] >= 3
    assert quiet.kinds()["drill_deed"] >= 20


def die_often(places: Iterator[str], quiet: Drill, seed: int) -> None:
    """As many drills as it takes for all the deaths."""
    left = KILLS
    for number in count(seed):
        drill = Drill(place=next(places))
        with closing(drill.world.store):
            left -= drill.play_with_deaths(left, number)
            hold_against(drill, quiet)
        if left <= 0:
            return


def test_drills_of_deaths_on_sqlite(tmp_path: Path, quiet: Drill) -> None:
    die_often((str(tmp_path / f"{number}.db") for number in count()), quiet, seed=7)


def test_drills_of_deaths_on_postgresql(server: PostgresServer, quiet: Drill) -> None:
    die_often((server.new_database() for _ in count()), quiet, seed=70)


def killed(place: str, sink: Path, seed: int) -> None:
    """Kill one process after the other at a random moment of its life; the last one is left in peace."""
    dice = Random(seed)  # noqa: S311  (not for secrets)
    for _ in range(REAL_KILLS):
        process = born(place, sink)
        process.join(dice.uniform(0, 0.3))
        if process.exitcode is None:
            process.kill()
        process.join()
        assert process.exitcode in {-signal.SIGKILL, 0}
        process.close()
    last = born(place, sink)
    last.join(PATIENCE)
    assert last.exitcode == 0


def born(place: str, sink: Path) -> multiprocessing.context.ForkServerProcess:
    """A process, once it is at work."""
    reader, writer = FORKS.Pipe(duplex=False)
    with closing(reader), closing(writer):
        process = FORKS.Process(target=drill_process.main, args=(place, sink, SPEED, writer), daemon=True)
        process.start()
        assert reader.poll(PATIENCE)
    return process


def hold_after_kills(place: str, sink: Path, quiet: Drill) -> None:
    drill = Drill(place=place)
    with closing(drill.world.store):
        deliveries = sink.read_text("utf-8").splitlines()
        tries = drill.world.store.read(INCIDENT)

        assert told(drill.world, INCIDENT) == told(quiet.world, INCIDENT)
        assert set(told(drill.world, INCIDENT).values()) == {1}
        assert list(drill_process.lost(drill.world, sink)) == []
        assert len(deliveries) <= sum(1 for one in tries if one.kind == "alarm_try")
        assert drill_process.doubled_deeds(drill.world) == []
        assert comparable(drill.card())["steps"] == comparable(quiet.card())["steps"]
        assert {doubt.kind for doubt in verify_store(drill.world.store).discrepancies} <= {DiscrepancyKind.NO_HEAD}


def test_killed_processes_of_a_drill_lose_and_double_nothing_on_sqlite(tmp_path: Path, quiet: Drill) -> None:
    place, sink = str(tmp_path / "leakguard.db"), tmp_path / "sent.jsonl"
    killed(place, sink, seed=1)

    hold_after_kills(place, sink, quiet)


def test_killed_processes_of_a_drill_lose_and_double_nothing_on_postgresql(
    server: PostgresServer, tmp_path: Path, quiet: Drill
) -> None:
    place, sink = server.new_database(), tmp_path / "sent.jsonl"
    killed(place, sink, seed=2)

    hold_after_kills(place, sink, quiet)


def test_a_drill_on_a_full_disk_says_so_and_goes_on_when_there_is_room(tmp_path: Path, quiet: Drill) -> None:
    """A limit on the size of files stands in for a full disk."""
    place, sink = str(tmp_path / "leakguard.db"), tmp_path / "sent.jsonl"
    Drill(place=place).world.store.close()
    reader, writer = FORKS.Pipe(duplex=False)
    with closing(reader), closing(writer):
        process = FORKS.Process(target=drill_process.on_full_disk, args=(place, sink, writer), daemon=True)
        process.start()
        assert reader.poll(PATIENCE)
        said = reader.recv()
        process.join(PATIENCE)

    drill = Drill(place=place)
    with closing(drill.world.store):
        assert "the store" in said
        assert 0 < len(list(drill.world.store.read())) < len(list(quiet.world.store.read()))
        assert comparable(drill.play().card())["steps"] == comparable(quiet.card())["steps"]
        assert set(told(drill.world, INCIDENT).values()) == {1}
        assert {doubt.kind for doubt in verify_store(drill.world.store).discrepancies} <= {DiscrepancyKind.NO_HEAD}
