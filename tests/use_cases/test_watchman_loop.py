"""The loop: it wakes for the next change, notices a wall clock that jumps, and outlives a store that is away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leakguard.alerts.readiness import DEAD, SECRET, UNWRITABLE, NotReady
from leakguard.errors import ExitCode, StoreUnusable
from leakguard.frozen import replace
from leakguard.store.database import Database
from leakguard.store.heartbeat_file import HeartbeatFile
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.heartbeats import Heartbeat, heartbeat_text, parse_heartbeat
from leakguard.use_cases.alerts.takeovers import KINDS
from leakguard.use_cases.alerts.time_sources import ScaledTime, SteppedTime
from leakguard.use_cases.alerts.troubles import takeover_troubles
from leakguard.use_cases.alerts.watchman import LEASE, once
from leakguard.use_cases.alerts.watchman_loop import (
    LONGEST_SLEEP,
    PATIENCE,
    Loop,
    StepDetector,
    once_unrecorded,
    pause,
    run,
)
from support.ledgers import Tokens
from support.watching import INCIDENT, NOON, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    time = SteppedTime(NOON)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    yield World(store=store, time=time)
    store.close()


@dataclass
class Seen:
    """What the loop told, and when it has to end."""

    world: World
    until: datetime
    cycles: list[Cycle] = field(default_factory=list)
    beats: list[datetime] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def loop(self) -> Loop:
        return Loop(
            time=self.world.time,
            is_stopped=lambda: self.world.time.now() >= self.until,
            beat=lambda cycle: self.beats.append(cycle.at),
            tell=self.cycles.append,
            tell_problem=lambda error: self.problems.append(error.message),
        )


def test_it_wakes_at_the_very_moment_and_at_least_every_fifteen_seconds(world: World) -> None:
    world.open()
    world.event("awareness")
    seen = Seen(world, NOON + timedelta(hours=12, seconds=40))
    world.time.sleep(12 * 3600 - 50)
    run(world.watchman(), seen.loop())

    assert [(cycle.at - NOON).total_seconds() - 12 * 3600 for cycle in seen.cycles] == [-50, -35, -20, -5, 0, 15, 30]
    assert [(alarm, threshold) for alarm, threshold, _ in world.raised()] == [("promise", "50%")]
    assert seen.beats == [cycle.at for cycle in seen.cycles]


def test_the_lease_is_free_after_a_clean_end(world: World) -> None:
    run(world.watchman(), Seen(world, NOON + timedelta(seconds=20)).loop())
    now = world.time.now()

    assert world.store.take_lease(LEASE, "another", now=now, until=now + timedelta(seconds=60))
    assert world.store.last_beat(LEASE) == NOON + timedelta(seconds=15)


def test_a_jump_of_the_wall_clock_is_noticed_once() -> None:
    time = SteppedTime(NOON)
    detector = StepDetector(time)
    time.sleep(15)
    assert detector.look() is None

    time.set_wall(time.now() - timedelta(seconds=5))

    assert detector.look() == pytest.approx(-5)
    assert detector.look() is None


def test_a_jump_between_two_looks_stands_in_the_ledger(world: World) -> None:
    seen = Seen(world, NOON + timedelta(minutes=2))
    loop = seen.loop()

    def sleep_and_jump(cycle: Cycle) -> None:
        seen.cycles.append(cycle)
        if len(seen.cycles) == 1:
            world.time.set_wall(world.time.now() + timedelta(seconds=30))

    run(world.watchman(), Loop(time=loop.time, is_stopped=loop.is_stopped, beat=loop.beat, tell=sleep_and_jump,
                               tell_problem=loop.tell_problem))  # fmt: skip
    steps = [one for one in world.store.read(LEASE) if one.kind == "clock_step"]

    assert [one.content["milliseconds"] for one in steps] == [30_000]


def test_a_store_that_is_away_is_asked_again_and_gives_no_heartbeat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen(world, NOON + timedelta(seconds=31))

    def away(*_: object, **__: object) -> bool:
        raise StoreUnusable("the store is away", next_step="Wait.")

    monkeypatch.setattr(world.store, "take_lease", away)
    monkeypatch.setattr(world.store, "release_lease", away)
    run(world.watchman(), seen.loop())

    assert seen.problems == ["the store is away"] * 3


@pytest.fixture
def full(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A store that can be read and not written, until what is returned is called."""

    def writing(_: Database) -> AbstractContextManager[None]:
        raise StoreUnusable("the disk is full", next_step="Make room.")

    world.open()
    world.event("awareness")
    once(world.watchman())
    real = Database.writing
    monkeypatch.setattr(Database, "writing", writing)
    return lambda: monkeypatch.setattr(Database, "writing", real)


@pytest.mark.usefixtures("full")
def test_an_alert_is_sent_once_though_the_disk_is_full_and_the_watchman_ends_after_ten_minutes(world: World) -> None:
    world.time.sleep(12 * 3600)
    began = world.time.now()
    seen = Seen(world, NOON + timedelta(days=2))
    with pytest.raises(StoreUnusable, match="the disk is full, for 10 minutes now") as ended:
        run(world.watchman(), seen.loop())

    assert ended.value.exit_code is ExitCode.UNFINISHED
    assert began + PATIENCE <= world.time.now() <= began + PATIENCE + timedelta(seconds=16)
    assert [one.id.startswith("A-store-") for one in world.sinks["commander"].got] == [False, True]
    assert all("(NOT RECORDED)" in one.title for one in world.sinks["commander"].got)
    assert not any(cycle.is_recorded for cycle in seen.cycles)
    assert seen.beats == []
    assert seen.problems[0] == "the disk is full"
    assert world.raised() == []


def test_what_was_sent_while_the_disk_was_full_enters_the_ledger_and_is_not_sent_again(
    world: World, full: Callable[[], None]
) -> None:
    world.time.sleep(12 * 3600)
    run(world.watchman(), Seen(world, world.time.now() + timedelta(minutes=2)).loop())
    assert len(world.sinks["commander"].got) == 1
    seen = Seen(world, world.time.now() + timedelta(minutes=3))
    loop = replace(seen.loop(), tell_problem=lambda _: full())
    run(world.watchman(), loop)

    assert len(world.sinks["commander"].got) == 2, "another process knows nothing of the first one's memory"
    assert [(clock, threshold) for clock, threshold, _ in world.raised()] == [("promise", "50%")]
    assert world.kinds().count("alarm_sent") == 1
    assert len(seen.beats) > 5


@pytest.mark.usefixtures("full")
def test_who_stands_by_stays_silent_while_the_leader_is_alive_though_nothing_can_be_written(world: World) -> None:
    world.time.sleep(60)
    seen = Seen(world, world.time.now() + timedelta(seconds=60))
    run(world.watchman("two"), seen.loop())
    assert {cycle.is_leader for cycle in seen.cycles} == {False}
    world.time.sleep(12 * 3600)
    later = Seen(world, world.time.now() + timedelta(seconds=60))
    run(world.watchman("two"), later.loop())

    assert {cycle.is_leader for cycle in later.cycles} == {True}
    assert len(world.sinks["commander"].got) == 1
    assert seen.beats == []


@dataclass
class Memory:
    """What one process leaves for the next one."""

    text: str | None = None

    def read(self) -> str | None:
        return self.text

    def write(self, text: str) -> bool:
        self.text = text
        return True

    def forget(self) -> None:
        self.text = None


@pytest.mark.usefixtures("full")
def test_single_looks_at_a_store_that_cannot_be_written_send_each_alert_once_and_escalate(world: World) -> None:
    """Cron starts a process every minute: none of them may flood people, and none may stay silent."""
    world.time.sleep(12 * 3600)
    memory = Memory()
    for _ in range(120):
        cycle, is_remembered = once_unrecorded(world.watchman(), StoreUnusable("the disk is full"), memory)
        assert (cycle.is_recorded, is_remembered) == (False, True)
        world.time.sleep(60)
    got = {name: [one.clock or one.threshold for one in sink.got] for name, sink in world.sinks.items()}

    assert got["commander"] == ["promise", "unwritable"]
    assert [name for name, clocks in got.items() if name != "commander" and "promise" in clocks], got
    assert world.raised() == []


def test_an_alert_about_a_store_that_can_be_written_again_is_no_trouble_any_more(
    world: World, full: Callable[[], None]
) -> None:
    world.time.sleep(12 * 3600)
    seen = Seen(world, world.time.now() + timedelta(minutes=6))
    mended_at = world.time.now() + timedelta(minutes=4)
    loop = replace(seen.loop(), tell_problem=lambda _: full() if world.time.now() >= mended_at else None)
    run(world.watchman(), loop)
    told = [one.content["message"] for one in world.store.read(LEASE) if one.kind == "alarm_raised"]

    assert [name.startswith("A-store-") for name in told] == [True]
    assert list(takeover_troubles(world.store, world.watchman().settings, world.time.now())) == []


@pytest.mark.usefixtures("full")
def test_what_was_remembered_and_cannot_be_read_silences_nothing(world: World) -> None:
    world.time.sleep(12 * 3600)
    row = '{"keys": [], "sequence": %s, "subject": "IR-2026-0001", "kind": "%s", "at": "2026-05-24T01:00:00Z", '
    row += '"recorded_at": "2026-05-24T01:00:00Z", "content": {}}'
    rows = ("{}", row % ("1e999", "alarm_raised"), *(row % (1, kind) for kind in sorted(KINDS)), row % (1, "odd"))
    texts = [f'{{"schema": "leakguard.unwritten/1", "records": [{one}]}}' for one in rows]
    all_texts = ("", "{", "[]", "[" * 100_000, *texts)
    for text in all_texts:
        once_unrecorded(world.watchman(), StoreUnusable("the disk is full"), Memory(text))

    assert [one.clock for one in world.sinks["commander"].got].count("promise") == len(all_texts)


def test_the_one_that_does_not_lead_gives_no_heartbeat(world: World) -> None:
    world.store.take_lease(LEASE, "another", now=NOON, until=NOON + timedelta(seconds=60))
    seen = Seen(world, NOON + timedelta(seconds=31))
    run(world.watchman(), seen.loop())

    assert [cycle.is_leader for cycle in seen.cycles] == [False] * 3
    assert seen.beats == []


def test_the_pause_is_never_longer_than_fifteen_seconds() -> None:
    soon = Cycle(at=NOON, is_leader=True, next_look=NOON + timedelta(seconds=4))

    assert pause(None, NOON) == pause(Cycle(at=NOON, is_leader=True), NOON) == LONGEST_SLEEP
    assert pause(soon, NOON) == 4
    assert 0 < pause(soon, NOON + timedelta(hours=1)) < 0.1


def test_scaled_time_runs_faster_and_sleeps_shorter() -> None:
    base = SteppedTime(datetime(2030, 1, 1, tzinfo=UTC))
    scaled = ScaledTime(base, start=NOON, speed=60)
    scaled.sleep(120)

    assert base.monotonic() == 2
    assert (scaled.now(), scaled.monotonic()) == (NOON + timedelta(minutes=2), 120)


def test_a_heartbeat_comes_back_as_it_was_written() -> None:
    cycle = Cycle(at=NOON, is_leader=True, incident_count=2, next_look=NOON + timedelta(hours=1))
    problems = (NotReady(kind="missing_secret", text="HOOK is not set", next_step="Set HOOK."),)

    assert parse_heartbeat(heartbeat_text(cycle, "me", problems)) == Heartbeat(
        at=NOON, holder="me", incident_count=2, next_look=NOON + timedelta(hours=1), problems=problems
    )
    assert parse_heartbeat(heartbeat_text(Cycle(at=NOON, is_leader=True), "me")) is not None


def test_a_heartbeat_of_an_older_release_tells_no_problems() -> None:
    """It says nothing about secrets, which is not the same as that none is missing."""
    fields = json.loads(heartbeat_text(Cycle(at=NOON, is_leader=True), "me"))
    del fields["problems"]
    beat = parse_heartbeat(json.dumps(fields))

    assert beat is not None
    assert beat.problems is None


def test_a_heartbeat_with_many_long_problems_is_read_whole(tmp_path: Path) -> None:
    problems = [NotReady(kind="missing_secret", text="é" * 900, next_step="é" * 900) for _ in range(50)]
    file = HeartbeatFile(tmp_path / "beat")
    file.write(heartbeat_text(Cycle(at=NOON, is_leader=True), "me", problems))
    beat = parse_heartbeat(file.read())

    assert beat is not None
    assert beat.problems


def kept_problems(count: int, *others: NotReady) -> tuple[NotReady, ...]:
    """What a heartbeat tells of so many channels without a secret and of what came behind them."""
    missing = (NotReady(kind=SECRET, text=f"HOOK{number} is not set", next_step="Set it.") for number in range(count))
    beat = parse_heartbeat(heartbeat_text(Cycle(at=NOON, is_leader=True), "me", (*missing, *others)))
    assert beat is not None
    assert beat.problems is not None
    return beat.problems


def test_a_heartbeat_says_how_many_problems_it_leaves_out() -> None:
    kept = kept_problems(12)

    assert [problem.text for problem in kept[:-1]] == [f"HOOK{number} is not set" for number in range(10)]
    assert (kept[-1].kind, kept[-1].text) == (SECRET, "problems that the heartbeat has no room for: 2")
    assert "leakguard doctor" in kept[-1].next_step
    assert kept_problems(11)[-1].text == "problems that the heartbeat has no room for: 1"
    assert [problem.text for problem in kept_problems(10)] == [f"HOOK{number} is not set" for number in range(10)]


@pytest.mark.parametrize("kind", [DEAD, UNWRITABLE])
def test_no_number_of_missing_secrets_hides_a_problem_of_another_kind(kind: str) -> None:
    other = NotReady(kind=kind, text="the heartbeat channel takes nothing", next_step="Mend it.")

    assert other in kept_problems(12, other)


def test_a_heartbeat_with_a_number_without_end_counts_as_silence() -> None:
    """JSON has no such number, yet Python reads `1e999` as infinity."""
    fields = json.loads(heartbeat_text(Cycle(at=NOON, is_leader=True), "me"))
    text = json.dumps(fields | {"incident_count": "N"}).replace('"N"', "1e999")

    assert parse_heartbeat(text) is None


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"schema": "other/1"}', '{"schema": "leakguard.heartbeat/1"}'])
def test_what_is_no_heartbeat_is_silence(text: str | None) -> None:
    assert parse_heartbeat(text) is None


def test_an_alert_that_a_fast_clock_raised_is_acknowledged_by_a_later_entry(world: World) -> None:
    world.open()
    world.event("awareness")
    world.look()
    world.look(after=12)
    world.time.sleep(-4 * 3600)
    message = world.sinks["commander"].got[0].id
    acknowledge(world.store, INCIDENT, message, by="Ada", lasts=timedelta(hours=6), now=world.time.now)
    world.look(after=4.5)

    assert world.sinks["deputy"].got == []
