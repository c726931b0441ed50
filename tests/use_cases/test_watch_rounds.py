"""The rounds of a watch: from start to start, never piled up, and what ends them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from leakguard.errors import ExitCode, LedgerBroken, NotFound, ScopeRefused, StoreUnusable
from leakguard.frozen import names_of, replace
from leakguard.models.targets import Endpoint
from leakguard.scanning.quiet_hours import QuietTime
from leakguard.use_cases.watches.watch_exposures import Round, Watch
from leakguard.use_cases.watches.watch_rounds import watch_rounds
from support.fake_prober import FakeProber
from support.scans import NOW
from support.watched_exposures import TARGETS, Killed, Paced, Watching, interrupt, kill, stop_after

HERE = TARGETS[0]


def test_the_interval_counts_from_start_to_start_and_rounds_never_pile_up() -> None:
    world, paced = Watching(), Paced(until=3000.0)
    starts: list[float] = []
    lasts = iter([100.0, 2000.0, 100.0, 100.0])

    async def pause(_: Endpoint) -> None:
        await asyncio.sleep(0)

    class Slow(FakeProber):
        def open(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401  (the prober's own)
            if not starts or len(starts) < len(world.tools.limits):
                starts.append(paced.time.monotonic())
                paced.time.sleep(next(lasts))
            return super().open(*args, **more)

    world.tools.network = Slow(pause=pause)

    watch_rounds(world.unbegun(HERE), paced.pace(every=900))

    assert starts == [0.0, 900.0, 2900.0]
    assert len(paced.rounds) == 3


def test_once_is_one_round() -> None:
    world, paced = Watching(), Paced(until=10_000.0)

    last = watch_rounds(world.unbegun(), paced.pace(is_once=True))

    assert paced.rounds == [last]
    assert paced.time.monotonic() == 0


def test_an_interval_of_days_is_slept_in_parts() -> None:
    world, paced = Watching(), Paced(until=90_000.0)

    watch_rounds(world.unbegun(), paced.pace(every=86_400))

    assert len(paced.rounds) == 2


def test_a_round_that_went_on_late_is_followed_at_once() -> None:
    """Its interval began when it began for the first time."""
    world, paced = Watching(), Paced(until=950.0)
    stop_after(world, 0, kill)
    with pytest.raises(Killed):
        world.watch().look()
    world.serve()
    world.tools.seconds += 5000

    watch_rounds(world.unbegun(), paced.pace(every=900))

    assert [found.age > 5000 for found in paced.rounds] == [True, False, False]


def test_an_interrupted_round_is_the_last_one() -> None:
    world, paced = Watching(), Paced(until=9000.0)

    def stop() -> None:
        paced.until = -1.0
        interrupt()

    stop_after(world, 0, stop)

    last = watch_rounds(world.unbegun(), paced.pace())

    assert paced.rounds == [last]


QUIET = {"quiet": QuietTime(since=NOW, until=NOW, zone="UTC")}


class Halted(Watch):
    """A watch whose first round stops by itself, for a reason that passes."""

    rounds = 0
    why: dict[str, Any] = QUIET

    def look(self) -> Round:
        found = super().look()
        self.rounds += 1
        if self.rounds > 1:
            return found
        return replace(found, summary=replace(found.summary, is_interrupted=True, **self.why))


@pytest.mark.parametrize(
    "why",
    [QUIET, {"is_lost": True}, {"lost_process": "killed"}, {"reasons": {"no address of this machine": 1000}}],
    ids=["quiet hours", "a lost network", "a lost process", "too many that could not be asked"],
)
def test_what_passes_stops_a_round_and_not_the_watch(why: dict[str, Any]) -> None:
    world, paced = Watching(), Paced(until=1000.0)
    made = world.unbegun()
    watch = Halted(settings=made.settings, tools=made.tools)
    watch.why = why

    watch_rounds(watch, paced.pace())

    assert [found.summary.is_interrupted for found in paced.rounds] == [True, False]


class Failing(Watch):
    """A watch whose rounds raise what they are told to."""

    errors: list[BaseException]

    def look(self) -> Any:  # noqa: ANN401  (a round)
        if self.errors:
            raise self.errors.pop(0)
        return super().look()


def failing(world: Watching, *errors: BaseException) -> Failing:
    made = world.unbegun()
    watch = Failing(settings=made.settings, tools=made.tools)
    watch.errors = list(errors)
    return watch


AWAY = StoreUnusable("the store does not answer", next_step="Start it.")


def test_a_store_that_is_away_for_a_round_does_not_end_the_watch() -> None:
    world, paced = Watching(), Paced(until=1000.0)

    watch_rounds(failing(world, AWAY), paced.pace())

    assert paced.problems == [AWAY]
    assert len(paced.rounds) == 1


def test_a_store_that_fails_once_something_was_found_open_does_not_end_the_watch_in_its_first_round() -> None:
    """The refusal counts as an exposure then, which is no reason to look no more."""
    world, paced = Watching(), Paced(until=1000.0)
    full = StoreUnusable("the disk is full", next_step="Free some space.")
    full.exit_code = ExitCode.EXPOSED

    watch_rounds(failing(world, full), paced.pace())

    assert paced.problems == [full]
    assert len(paced.rounds) == 1


def test_names_that_have_no_address_for_a_round_do_not_end_a_watch_that_ran_before() -> None:
    world, paced = Watching(), Paced(until=1000.0)
    gone = NotFound("no target has an address", next_step="Check the resolver.")
    watch = failing(world)
    rounds = paced.rounds
    paced.until = 2000.0
    told = paced.pace()

    def fail_next(found: Any) -> None:  # noqa: ANN401  (a round)
        rounds.append(found)
        if len(rounds) == 1:
            watch.errors.append(gone)

    watch_rounds(
        watch, type(told)(**{name: getattr(told, name) for name in names_of(type(told))} | {"tell_round": fail_next})
    )

    assert paced.problems == [gone]
    assert len(rounds) == 2


@pytest.mark.parametrize(
    "error",
    [
        ScopeRefused("the scope has ended", next_step="Renew it."),
        LedgerBroken("the ledger does not verify", next_step="Verify it."),
        NotFound("no target has an address", next_step="Check the names."),
    ],
)
def test_what_no_next_round_can_mend_ends_the_watch(error: Exception) -> None:
    with pytest.raises(type(error)):
        watch_rounds(failing(Watching(), error), Paced(until=1000.0).pace())


def test_a_scope_that_ends_ends_a_watch_that_ran_before() -> None:
    paced = Paced(until=9000.0)
    ended = ScopeRefused("the scope has ended", next_step="Renew it.")

    with pytest.raises(ScopeRefused):
        watch_rounds(failing(Watching(), AWAY, ended), paced.pace())

    assert paced.problems == [AWAY]


def test_a_single_round_that_cannot_be_done_says_why() -> None:
    with pytest.raises(StoreUnusable):
        watch_rounds(failing(Watching(), AWAY), Paced(until=1000.0).pace(is_once=True))


def test_a_signal_between_two_steps_of_a_round_ends_the_watch_with_nothing_to_say() -> None:
    world, paced = Watching(), Paced(until=1000.0)

    assert watch_rounds(failing(world, KeyboardInterrupt()), paced.pace(is_once=True)) is None
    assert paced.rounds == []
