"""A watch tells what changed against everything before it, once, whoever was killed or watched as well."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from leakguard.errors import LedgerBroken, NotFound, ScopeRefused, StoreUnusable
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.start_scan import ScanWish
from leakguard.use_cases.watch_changes import NOTED
from leakguard.use_cases.watch_exposures import Watch
from leakguard.use_cases.watch_openings import LEASE
from leakguard.use_cases.watch_rounds import watch_rounds
from support.fake_prober import FakeProber, FakeServer, store_server
from support.fake_tools import NotedProgress
from support.scans import scope_of
from support.watched_exposures import TARGETS, Paced, Watching

HERE, THERE = TARGETS
OPEN, LOCKED, SILENT = store_server(records=100), store_server(locked=True), FakeServer(otherwise=Ending.SILENT)


def test_each_round_tells_only_what_changed() -> None:
    world = Watching()
    watch = world.watch()
    told = []
    for servers in (
        {"at_1": OPEN},
        {"at_1": OPEN},
        {"at_1": store_server(records=200), "at_2": OPEN},
        {"at_1": store_server(records=150), "at_2": SILENT},
        {"at_1": LOCKED, "at_2": OPEN},
        {"at_1": OPEN},
    ):
        world.serve(**servers)
        watch.look()
        told.append(world.kinds())

    assert told == [
        [("new", HERE)],
        [],
        [("new", THERE), ("grown", HERE)],
        [("shrunk", HERE), ("unknown", THERE)],
        [("still_open", THERE), ("closed", HERE)],
        [("re_exposed", HERE), ("closed", THERE)],
    ]
    assert world.recorded() == [change for changes in told for change in changes]


def test_what_the_store_knew_before_it_was_watched_is_no_news() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.scan()

    world.watch().look()

    assert world.kinds() == []
    assert world.recorded() == []


def test_a_scan_by_hand_between_two_rounds_is_told_too() -> None:
    world = Watching()
    watch = world.watch()
    watch.look()
    world.serve(at_1=OPEN)
    run = world.scan()
    watch.look()

    assert [(one.change.kind.value, one.part.run) for one in world.shown] == [("new", run)]


def test_a_watch_begins_with_what_happened_while_nobody_watched() -> None:
    world = Watching()
    world.watch().look()
    world.serve(at_1=OPEN)
    world.scan()
    world.serve()
    world.scan()

    world.watch()

    assert world.kinds() == [("new", HERE), ("closed", HERE)]


def test_a_watch_that_starts_again_tells_nothing_twice_and_forgets_nothing() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.watch().look()
    world.serve()
    world.watch().look()
    world.kinds()
    world.serve(at_1=OPEN)

    world.watch().look()

    assert world.kinds() == [("re_exposed", HERE)]
    assert world.recorded() == [("new", HERE), ("closed", HERE), ("re_exposed", HERE)]


class Killed(BaseException):
    """The process is gone."""


def test_a_watch_that_is_killed_before_it_could_say_so_says_it_when_it_is_back() -> None:
    """It is recorded once all the same."""
    world = Watching()
    world.serve(at_1=OPEN)
    watch = world.watch()

    def die(_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world, "show", die)
        dying = world.unbegun()
        dying.begin()
        with pytest.raises(Killed):
            dying.look()
    world.watch()

    assert world.kinds() == [("new", HERE)]
    assert world.recorded() == [("new", HERE)]
    watch.look()
    assert world.kinds() == []


def stop_after(world: Watching, count: int, stop: Callable[[], object]) -> None:
    """Call `stop` once, when so many questions have been asked."""
    left = [count]

    async def pause(_: Endpoint) -> None:
        await asyncio.sleep(0)
        left[0] -= 1
        if left[0] == -1:
            stop()

    world.tools.network.pause = pause


def kill() -> None:
    raise Killed


def lose_the_store() -> None:
    raise StoreUnusable("the store does not answer", next_step="Start it.")


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


MANY = tuple(f"127.0.0.{number}:9200" for number in range(1, 21))


@pytest.mark.parametrize(("stop", "error"), [(kill, Killed), (lose_the_store, StoreUnusable)])
def test_a_round_that_was_killed_goes_on_where_it_was(stop: Callable[[], object], error: type[BaseException]) -> None:
    world = Watching()
    world.serve(**{f"at_{number}": OPEN for number in range(1, 21)})
    watch = world.watch(*MANY)
    stop_after(world, 30, stop)
    with pytest.raises(error):
        watch.look()
    (run,) = world.tools.store.subjects("R-")
    world.serve(**{f"at_{number}": OPEN for number in range(1, 21)})

    back = watch if error is StoreUnusable else world.watch(*MANY)
    found = back.look()

    assert found.summary.run == run
    assert found.age > 0
    assert sorted(world.kinds()) == sorted(("new", target) for target in MANY)
    assert sorted(world.recorded()) == sorted(("new", target) for target in MANY)
    assert back.look().summary.run != run


DAYS = ({"at_1": OPEN}, {"at_2": OPEN}, {"at_1": OPEN, "at_2": SILENT}, {"at_2": OPEN})


def lived(world: Watching, days: Sequence[dict[str, FakeServer]], *, opens: bool) -> None:
    """Each day brings other servers, and one round of a watch that is started anew."""
    for servers in days:
        world.serve(**servers)
        world.watch(opens=opens).look()


def finished(world: Watching) -> int:
    return sum(record.kind == "run_finished" for record in world.tools.store.records)


def told_to(world: Watching) -> list[list[str]]:
    """What each incident was told, in order."""
    store = world.tools.store
    return [store.kinds(incident) for incident in store.subjects("IR-")]


@pytest.mark.parametrize("opens", [False, True])
def test_wherever_a_watch_is_killed_the_ledger_tells_the_same_in_the_end(*, opens: bool) -> None:
    """Cut off behind every transaction, and gone on with: nothing is lost, and nothing is kept twice."""
    whole = Watching()
    lived(whole, DAYS, opens=opens)

    for cut in sorted(set(whole.tools.store.commits)):
        world = Watching()
        lived(world, DAYS, opens=opens)
        world.tools.store.cut(cut)
        lived(world, DAYS[finished(world) :] or ({"at_2": OPEN},), opens=opens)
        assert (world.recorded(), told_to(world)) == (whole.recorded(), told_to(whole)), cut


def test_a_round_of_another_watch_does_not_go_on_in_this_one() -> None:
    world = Watching()
    stop_after(world, 0, kill)
    with pytest.raises(Killed):
        world.watch("127.0.0.9:9200").look()
    world.serve()

    found = world.watch().look()

    assert found.age == 0
    assert len(world.tools.store.subjects("R-")) == 2


def test_a_round_that_never_began_is_no_round_to_go_on_with() -> None:
    world = Watching()
    watch = world.watch(wish=ScanWish(targets=(parse_target("mail.example.edu"),)))
    world.scope = scope_of("mail.example.edu")
    with pytest.raises(NotFound):
        watch.look()
    world.tools.names["mail.example.edu"] = ("93.184.216.34",)

    assert watch.look().age == 0


def test_what_an_interrupted_run_found_counts_and_the_rest_follows() -> None:
    world = Watching()
    world.serve(at_1=OPEN, at_2=OPEN)
    watch = world.watch()
    kept, stops = asyncio.Event(), [interrupt]

    async def interrupted(endpoint: Endpoint) -> None:
        """The second server has not answered yet when the first one is kept."""
        if endpoint.target == THERE and stops:
            await kept.wait()
            while stops:
                stops.pop()()
        await asyncio.sleep(0)

    world.tools.network.pause = interrupted
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NotedProgress, "advanced", lambda *_: kept.set())
        first = watch.look()
    some = world.kinds()
    world.serve(at_1=OPEN, at_2=OPEN)
    second = world.watch().look()

    assert (first.summary.is_interrupted, second.summary.is_interrupted) == (True, False)
    assert first.summary.run == second.summary.run
    assert (some, world.kinds()) == ([("new", HERE)], [("new", THERE)])


def test_two_watches_on_one_store_record_a_change_once() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    one, two = world.watch(holder="one"), world.watch(holder="two")
    one.look()
    two.look()
    world.serve(at_2=OPEN)
    two.look()
    one.look()

    assert world.recorded() == [("new", HERE), ("new", THERE), ("closed", HERE)]
    assert world.kinds() == [("new", HERE), ("new", THERE), ("closed", HERE)]


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
    stop_after(world, 0, interrupt)

    last = watch_rounds(world.unbegun(), paced.pace())

    assert paced.rounds == [last]


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
        watch, type(told)(**{name: getattr(told, name) for name in told.__slots__} | {"tell_round": fail_next})
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


def test_a_single_round_that_cannot_be_done_says_why() -> None:
    with pytest.raises(StoreUnusable):
        watch_rounds(failing(Watching(), AWAY), Paced(until=1000.0).pace(is_once=True))


def test_a_signal_between_two_steps_of_a_round_ends_the_watch_with_nothing_to_say() -> None:
    world, paced = Watching(), Paced(until=1000.0)

    assert watch_rounds(failing(world, KeyboardInterrupt()), paced.pace(is_once=True)) is None
    assert paced.rounds == []


def test_an_opening_that_another_watch_is_busy_with_is_made_in_the_next_round() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    watch = world.watch(opens=True)
    world.tools.store.take_lease(LEASE, "other", now=world.tools.now(), until=world.tools.now().replace(year=2030))
    watch.look()
    assert (world.kinds(), world.tools.store.subjects("IR-")) == ([], ())
    assert NOTED not in {record.kind for record in world.tools.store.records}

    world.tools.store.release_lease(LEASE, "other")
    watch.look()

    assert world.kinds() == [("new", HERE)]
    assert world.tools.store.subjects("IR-") == ("IR-2026-0001",)
    assert world.tools.store.leases == {}
