"""A system clock that was ahead for a moment: it silences no warning, holds up no level, and no channel either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.models.alerts import ChannelSettings, WatchSettings
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_check import AlertingStatus, check
from leakguard.use_cases.proofs.once_keys import KEYED, wrong_keys
from support.ledgers import START, Tokens
from support.watching import INCIDENT, World, escalation

AHEAD = timedelta(hours=100)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    time = SteppedTime(START)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    world = World(store=store, time=time)
    world.open()
    world.event("awareness")
    yield world
    store.close()


def look_ahead(world: World, ahead: timedelta = AHEAD) -> None:
    """One look under a clock that is ahead, which is right again afterwards."""
    real = world.time.now()
    world.time.set_wall(real + ahead)
    world.look()
    world.time.set_wall(real)


def test_every_threshold_is_told_when_it_passes_although_a_clock_that_was_ahead_saw_it_pass(world: World) -> None:
    """All of them counted as told, so the first alert came an hour after the limit."""
    look_ahead(world)
    before = len(world.raised())
    world.watch(24.5, every=600)

    assert [threshold for _, threshold, _ in world.raised()[before:]] == ["50%", "75%", "90%", "-PT1H", "PT0S"]


def test_it_is_told_once_after_each_such_look(world: World) -> None:
    """The store keeps one alarm of a key, so each of them needs a key of its own."""
    look_ahead(world)
    world.watch(1, every=600)
    look_ahead(world, AHEAD / 2)
    world.watch(12, every=600)

    assert [threshold for _, threshold, _ in world.raised()].count("50%") == 1
    assert [message.threshold for message in world.sinks["commander"].got][-1] == "50%"


def test_the_ledger_tells_of_every_key_of_such_an_alert(world: World) -> None:
    look_ahead(world)
    world.watch(13, every=600)
    with world.store.snapshot() as snapshot:
        entries = [entry for entry in snapshot.entries() if entry.kind in KEYED]
        assert not list(wrong_keys(snapshot.once_keys(), entries))


def test_an_alert_that_somebody_waits_for_goes_up_the_chain_after_such_a_look(world: World) -> None:
    """The alert of the clock that was ahead took its place, and stood still until that time came."""
    world.look(after=12)
    look_ahead(world)
    world.watch(0.25, every=60)

    assert [message.threshold for message in world.sinks["deputy"].got] == ["50%"]


def test_a_channel_that_failed_under_such_a_clock_is_tried_again(world: World) -> None:
    """The pause after a failure ended at a time that was days away."""
    for sink in world.sinks.values():
        sink.is_broken = True
    world.look(after=12)
    look_ahead(world)
    for sink in world.sinks.values():
        sink.is_broken = False
    world.watch(0.5, every=60)

    assert [message.threshold for message in world.sinks["commander"].got] == ["50%"]


def test_an_acknowledgement_under_such_a_clock_holds_for_twice_its_length_at_most(world: World) -> None:
    world.watch(25, every=600)
    real = world.time.now()
    world.time.set_wall(real + AHEAD)
    acknowledge(world.store, INCIDENT, "promise", by="Ada", lasts=timedelta(hours=2), now=world.time.now)
    world.time.set_wall(real)
    status = AlertingStatus(
        settings=WatchSettings(
            channels=tuple(ChannelSettings(name=name, kind="file") for name in world.sinks),
            escalation=escalation(("commander", 0), ("deputy", 10)),
        )
    )
    kinds = [
        trouble.kind
        for trouble in check(world.store, lambda *_: world.rules, None, status, now=world.time.now()).troubles
    ]
    before = len(world.raised())
    world.look(after=1)

    assert "unacknowledged_overdue" in kinds
    assert [threshold for _, threshold, _ in world.raised()[before:]] == ["+PT2H"]
