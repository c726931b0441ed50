"""The metrics of a watchman: numbers of deadlines, alerts and channels, and no name of anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.cli.watchman.metrics import WatchMetrics
from leakguard.errors import StoreUnusable, UsageProblem
from leakguard.outputs.prometheus import Collector, metrics_text
from leakguard.outputs.watchman_metrics import WatchmanMetrics
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_state import CHANNEL_STATES, WatchCounts, WatchState
from support.ledgers import Tokens
from support.watching import INCIDENT, NOON, World, escalation, rule


@dataclass
class NotedShelf:
    """Keeps the last text, and can be made to fail."""

    where: str = "a shelf"
    text: str = ""
    is_full: bool = False

    def before(self) -> str:
        return ""

    def put(self, collector: Collector) -> None:
        if self.is_full:
            raise UsageProblem("no space left", next_step="Free the disk.")
        self.text = metrics_text(collector)


@dataclass
class Metered:
    """A small world whose cycles are counted."""

    world: World
    unset: frozenset[str] = frozenset()
    shelf: NotedShelf = field(default_factory=NotedShelf)
    metrics: WatchMetrics = field(init=False)

    def __post_init__(self) -> None:
        counts = WatchCounts(settings=self.world.watchman().settings, unset=self.unset)
        state = WatchState(version="0.1.0", levels=counts.levels, channels=counts.channels())
        self.metrics = WatchMetrics(shelf=self.shelf, counts=counts, store=self.world.store, state=state)

    def look(self, *, after: float = 0.0, holder: str = "one") -> Cycle:
        cycle = self.world.look(after=after, holder=holder)
        self.metrics.cycled(cycle)
        return cycle

    def __getitem__(self, name: str) -> float:
        """The value of a sample, by its line without `leakguard_watchman_`."""
        (line,) = [one for one in self.shelf.text.splitlines() if one.startswith(f"leakguard_watchman_{name} ")]
        return float(line.rpartition(" ")[2])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    time = SteppedTime(NOON)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    chain = escalation(("CANARY commander", 0), ("deputy", 10))
    found = World(store=store, time=time, rules=[rule(), rule("second", hours=48)], escalation=chain)
    found.open()
    found.event("awareness", source="CANARY")
    yield found
    store.close()


def test_deadlines_are_counted_by_state_and_the_next_one_is_told(world: World) -> None:
    metered = Metered(world)
    metered.look()

    assert metered["open_incidents"] == 1
    assert metered['deadlines{state="running"}'] == 2
    assert metered['deadlines{state="overdue"}'] == metered["overdue_deadlines"] == 0
    assert metered["next_deadline_seconds"] == 24 * 3600
    assert metered["next_deadline_timestamp_seconds"] == (NOON + timedelta(hours=24)).timestamp()


def test_a_deadline_that_is_over_is_counted_and_the_next_one_takes_its_place(world: World) -> None:
    metered = Metered(world)
    metered.look(after=25)

    assert metered['deadlines{state="overdue"}'] == metered["overdue_deadlines"] == 1
    assert metered["next_deadline_seconds"] == 23 * 3600


def test_alerts_are_counted_by_level_until_somebody_acknowledges(world: World) -> None:
    world.sinks["CANARY commander"].is_broken = True
    metered = Metered(world)
    metered.look(after=12)
    before = metered['unacknowledged_alerts{level="2"}']
    acknowledge(world.store, INCIDENT, "promise", by="CANARY", lasts=timedelta(hours=1), now=world.time.now)
    metered.look()

    assert (metered['alerts_sent_total{level="2"}'], metered['alerts_failed_total{level="1"}']) == (1, 1)
    assert metered['alerts_sent_total{level="1"}'] == 0
    assert (before, metered['unacknowledged_alerts{level="2"}']) == (1, 0)


def test_channels_are_counted_by_kind_and_state(world: World) -> None:
    world.sinks["CANARY commander"].is_broken = True
    metered = Metered(world, unset=frozenset({"deputy"}))
    metered.look()
    first = channels_of(metered)
    metered.look(after=12)

    assert first == {"working": 0, "failing": 0, "untried": 1, "unset": 1}
    assert channels_of(metered) == {"working": 0, "failing": 1, "untried": 0, "unset": 1}


def channels_of(metered: Metered) -> dict[str, float]:
    return {state: metered[f'channels{{kind="file",state="{state}"}}'] for state in CHANNEL_STATES}


def test_ages_are_told_as_moments_so_that_those_of_a_dead_watchman_grow(world: World) -> None:
    metered = Metered(world)
    assert "timestamp" not in metrics_text(WatchmanMetrics(state=metered.metrics.state))
    cycle = metered.look()
    metered.metrics.beaten(cycle)

    assert metered["last_cycle_timestamp_seconds"] == metered["heartbeat_timestamp_seconds"] == NOON.timestamp()


def test_a_clock_behind_the_ledger_and_the_length_of_the_ledger_are_told(world: World) -> None:
    metered = Metered(world)
    metered.look()
    ahead, length = metered["ledger_ahead_seconds"], metered["ledger_entries"]
    world.event("note")
    world.time.sleep(-3600)
    metered.look()

    assert ahead == 0
    assert metered["ledger_ahead_seconds"] == 3600
    assert metered["ledger_entries"] > length


MEASURED = (
    "open_incidents", "deadlines", "overdue_deadlines", "next_deadline_seconds", "unacknowledged_alerts",
    "ledger_entries", "ledger_ahead_seconds",
)  # fmt: skip


def measured_in(text: str) -> set[str]:
    return {name for name in MEASURED if f"\nleakguard_watchman_{name}" in text}


def test_before_the_first_cycle_nothing_is_measured_and_no_zero_says_so(world: World) -> None:
    metered = Metered(world)
    metered.metrics.failed()

    assert metered["store_failures_total"] == 1
    assert measured_in(metered.shelf.text) == set()


def test_one_that_stands_by_says_so_and_states_no_number_also_if_it_worked_before(world: World) -> None:
    metered = Metered(world)
    metered.look()
    worked = measured_in(metered.shelf.text)
    world.time.sleep(3600)
    world.look(holder="another")
    metered.look()

    assert worked == set(MEASURED)
    assert metered["leader"] == 0
    assert measured_in(metered.shelf.text) == set()


def test_a_store_that_does_not_answer_is_counted_and_an_end_is_told(world: World) -> None:
    metered = Metered(world)
    metered.look()
    running = metered["running"]
    metered.metrics.failed()
    metered.metrics.ended()

    assert metered["store_failures_total"] == 1
    assert (running, metered["running"], metered["leader"]) == (1, 0, 0)


def test_a_store_that_does_not_answer_for_the_metrics_stops_no_watch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: SqlStore) -> None:
        raise StoreUnusable("it does not answer", next_step="")

    metered = Metered(world)
    cycle = world.look()
    monkeypatch.setattr(SqlStore, "head", refuse)
    metered.metrics.cycled(cycle)

    assert (metered["store_failures_total"], metered["leader"]) == (1, 1)


def test_a_place_that_fails_ends_no_watch_and_is_told_at_the_end(world: World) -> None:
    metered = Metered(world)
    metered.shelf.is_full = True
    metered.look()

    assert metered.metrics.failure == "no space left"


def test_no_name_is_in_any_metric(world: World) -> None:
    metered = Metered(world)
    metered.look(after=25)

    assert "canary" not in metered.shelf.text.lower()
    assert INCIDENT not in metered.shelf.text
    assert "promise" not in metered.shelf.text
