"""A watchman that is killed a thousand times in one day loses no alarm and doubles none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.proofs.evidence import verify_store
from support.killed_days import OTHER, Day, repeats, told, undelivered, unexplained
from support.ledgers import Tokens
from support.postgres_server import PostgresServer
from support.watching import INCIDENT, NOON, World

KILLS = int(os.environ.get("LEAKGUARD_KILLS", "25"))
"""In each of four days; LEAKGUARD_KILLS=1000 for the whole thousand, which takes minutes."""
pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


def new_world(place: str) -> World:
    time = SteppedTime(NOON)
    return World(store=SqlStore.open(place, now=time.now, token=Tokens()), time=time)


@pytest.fixture(scope="module")
def quiet_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same day with nobody dying."""
    world = new_world(str(tmp_path_factory.mktemp("quiet") / "leakguard.db"))
    yield Day(world=world, seed=1).play().world
    world.store.close()


def hold_against(day: Day, quiet: World) -> None:
    """What must hold after any day."""
    world = day.world
    for incident in (INCIDENT, OTHER):
        assert told(world, incident) == told(quiet, incident)
        assert set(told(world, incident).values()) == {1}
        assert set(repeats(world, incident).values()) <= {1}
        assert list(undelivered(world, incident)) == []
    assert unexplained(world, (INCIDENT, OTHER)) == []
    assert {doubt.kind for doubt in verify_store(world.store).discrepancies} <= {DiscrepancyKind.NO_HEAD}


def test_the_quiet_day_itself_tells_everything_in_time(quiet_day: World) -> None:
    """The yardstick of the other days is worth something by itself."""
    ended = {("hour", "PT0S"), ("late", "PT0S"), ("four", "PT0S"), ("eight", "PT0S")}
    passed = {(clock, threshold) for clock, _, threshold in told(quiet_day, INCIDENT)}

    assert passed >= ended
    assert ("eight", "PT0S") not in {(clock, threshold) for clock, _, threshold in told(quiet_day, OTHER)}
    assert {kind for kind in quiet_day.kinds() if kind.startswith("alarm")} == {
        "alarm_raised", "alarm_try", "alarm_sent", "alarm_acknowledged",
    }  # fmt: skip
    assert unexplained(quiet_day, (INCIDENT, OTHER)) == []


@pytest.mark.parametrize("watchmen", [1, 2])
def test_a_day_of_deaths_on_sqlite(tmp_path: Path, quiet_day: World, watchmen: int) -> None:
    world = new_world(str(tmp_path / "leakguard.db"))
    with closing(world.store):
        day = Day(world=world, seed=7 + watchmen, watchmen=watchmen, kills=KILLS).play()

        assert day.deaths >= KILLS
        hold_against(day, quiet_day)


@pytest.mark.parametrize("watchmen", [1, 2])
def test_a_day_of_deaths_on_postgresql(server: PostgresServer, quiet_day: World, watchmen: int) -> None:
    world = new_world(server.new_database())
    with closing(world.store):
        day = Day(world=world, seed=70 + watchmen, watchmen=watchmen, kills=KILLS).play()

        assert day.deaths >= KILLS
        hold_against(day, quiet_day)
