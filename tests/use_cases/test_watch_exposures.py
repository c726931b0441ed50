"""A watch tells what changed against everything before it, once, whoever was killed or watched as well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from leakguard.errors import NotFound, StoreUnusable
from leakguard.frozen import replace
from leakguard.models.findings import Finding
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.exposure_changes import NOTED
from leakguard.use_cases.scans.exposures import NEVER_MEANT, compare_runs
from leakguard.use_cases.scans.scan_assets import ScanRun
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from leakguard.use_cases.watches.watch_settling import LEASE, SettledChange
from support.fake_prober import FakeServer, store_server
from support.fake_tools import NotedProgress
from support.memory_store import MemoryStore
from support.scans import scope_of
from support.watched_exposures import TARGETS, Killed, Watching, interrupt, kill, stop_after

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


def lose_the_store() -> None:
    raise StoreUnusable("the store does not answer", next_step="Start it.")


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


def test_a_killed_round_of_named_ports_goes_on_as_well() -> None:
    world = Watching()
    options = ScanOptions(targets=tuple(parse_target(target.partition(":")[0]) for target in MANY), ports=(9200,))
    world.serve(**{f"at_{number}": OPEN for number in range(1, 21)})
    stop_after(world, 30, kill)
    with pytest.raises(Killed):
        world.watch(options=options).look()
    (run,) = world.tools.store.subjects("R-")
    world.serve(**{f"at_{number}": OPEN for number in range(1, 21)})

    found = world.watch(options=options).look()

    assert found.summary.run == run
    assert sorted(world.kinds()) == sorted(("new", target) for target in MANY)


def test_a_round_of_another_watch_does_not_go_on_in_this_one() -> None:
    world = Watching()
    stop_after(world, 0, kill)
    with pytest.raises(Killed):
        world.watch("127.0.0.9:9200").look()
    world.serve()

    found = world.watch().look()

    assert found.age == 0
    assert len(world.tools.store.subjects("R-")) == 2


def test_a_round_that_another_process_goes_on_with_is_left_to_it() -> None:
    world = Watching()
    stop_after(world, 0, kill)
    with pytest.raises(Killed):
        world.watch().look()
    (run,) = world.tools.store.subjects("R-")
    world.tools.store.taken_over.add(run)
    world.serve()

    found = world.watch().look()

    assert (found.summary.run != run, found.age) == (True, 0)


def test_a_round_of_a_scope_that_names_less_by_now_is_begun_anew() -> None:
    """Nobody could go on with it, and the watch of the whole scope would refuse to look for ever."""
    world, whole = Watching(scope=scope_of("127.0.0.1", "127.0.0.2")), ScanOptions()
    stop_after(world, 0, kill)
    with pytest.raises(Killed):
        world.watch(options=whole).look()
    (run,) = world.tools.store.subjects("R-")
    world.serve(at_1=OPEN)
    world.scope = scope_of("127.0.0.1")

    found = world.watch(options=whole).look()

    assert found.summary.run != run
    assert world.kinds() == [("new", HERE)]


def test_a_round_of_a_scope_that_names_more_by_now_is_begun_anew() -> None:
    """What was added since was not in its plan, and an open store there is not "nothing is open"."""
    world, whole = Watching(scope=scope_of("127.0.0.1")), ScanOptions()
    stop_after(world, 0, kill)
    with pytest.raises(Killed):
        world.watch(options=whole).look()
    (run,) = world.tools.store.subjects("R-")
    world.serve(at_2=OPEN)
    world.scope = scope_of("127.0.0.1", "127.0.0.2")

    found = world.watch(options=whole).look()

    assert (found.summary.run != run, found.age) == (True, 0)
    assert world.kinds() == [("new", THERE)]
    assert found.known["open"] == 1


def test_a_round_of_an_earlier_release_that_does_not_tell_its_scope_is_begun_anew() -> None:
    world = Watching()
    stop_after(world, 0, kill)
    with pytest.raises(Killed):
        world.watch().look()
    records = world.tools.store.records
    place = next(number for number, one in enumerate(records) if one.kind == "watch_round")
    earlier = {name: value for name, value in records[place].content.items() if name != "assets"}
    records[place] = replace(records[place], content=earlier)
    world.serve(at_1=OPEN)

    assert world.watch().look().age == 0
    assert world.kinds() == [("new", HERE)]


def test_what_a_killed_round_found_is_told_though_nobody_can_go_on_with_it() -> None:
    world, whole = Watching(scope=scope_of("127.0.0.1", "127.0.0.2")), ScanOptions()
    world.serve(at_1=OPEN, at_2=OPEN)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ScanRun, "_end", lambda *_, **__: kill())
        with pytest.raises(Killed):
            world.watch(options=whole).look()
    world.serve()
    world.scope = scope_of("127.0.0.1")

    world.watch(options=whole).look()

    assert sorted(world.kinds()) == [("closed", HERE), ("new", HERE), ("new", THERE)]


def killed_scan(world: Watching) -> str:
    """A scan by hand that kept what it found and was killed before it could end."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ScanRun, "_end", lambda *_, **__: kill())
        with pytest.raises(Killed):
            world.scan()
    return world.tools.store.subjects("R-")[-1]


@pytest.mark.parametrize("is_first", [True, False])
def test_what_a_killed_scan_by_hand_found_is_told_by_the_next_watch(*, is_first: bool) -> None:
    """Its table was never printed, so nobody was told, before the store was watched or since."""
    world = Watching()
    if not is_first:
        world.watch().look()
    world.serve(at_1=OPEN)
    run = killed_scan(world)

    world.watch()

    assert [(one.change.kind.value, one.part.run) for one in world.shown] == [("new", run)]


def test_a_scan_that_is_still_at_work_is_not_taken_for_a_killed_one() -> None:
    world = Watching()
    world.watch().look()
    world.serve(at_1=OPEN)
    run = killed_scan(world)
    world.tools.store.elsewhere = (run,)

    watch = world.watch()
    assert world.kinds() == []
    world.tools.store.elsewhere = ()
    watch.look()

    assert world.kinds() == [("new", HERE)]
    ends = [record.kind for record in world.tools.store.read(run)]
    assert ends.count("run_interrupted") == 1


@pytest.mark.parametrize(
    ("earlier", "meant"),
    [
        (ScanOptions(targets=(parse_target(HERE),)), True),
        (ScanOptions(targets=(parse_target("127.0.0.0/29"),)), True),
        (ScanOptions(targets=(parse_target("127.0.0.0/29"),), ports=(80,)), False),
        (ScanOptions(targets=(parse_target(THERE),)), False),
        (ScanOptions(targets=(parse_target(HERE),), checks=("redis_open",)), False),
        (ScanOptions(targets=(parse_target(HERE),), vantage="outside"), False),
    ],
)
def test_what_the_earlier_run_did_not_look_at_is_not_just_called_new(earlier: ScanOptions, *, meant: bool) -> None:
    """It may have been open for years."""
    world = Watching()
    world.serve()
    before = start_scan(earlier, world.scope, world.tools, NotedProgress()).run
    world.serve(at_1=OPEN)
    after = world.scan(HERE)

    (change,) = compare_runs(world.tools.store, before, after)

    assert (change.kind.value, change.reason) == ("new", "" if meant else NEVER_MEANT)


@dataclass
class EndsLate(NotedProgress):
    """Somebody does something after the last look of a run, and before it ends."""

    act: Callable[[], object] | None = None

    def finished(self) -> None:
        super().finished()
        if self.act is not None:
            self.act()


@pytest.mark.parametrize(("looked", "later", "told"), [(OPEN, Ending.REFUSED, "closed"), (Ending.REFUSED, OPEN, None)])
def test_what_a_long_run_saw_before_another_one_looked_is_no_news(
    looked: FakeServer | Ending, later: FakeServer | Ending, told: str | None
) -> None:
    """Else what was verified as closed while a run went on would be told as open again once that ends, or reversed."""
    world = Watching()
    world.serve(at_1=OPEN)
    world.watch(HERE).look()
    world.kinds()
    world.serve(at_1=looked)

    def look_again() -> None:
        world.serve(at_1=later)
        world.scan(HERE)

    world.progress = lambda: EndsLate(act=look_again)
    world.watch(HERE).look()

    assert world.kinds() == ([(told, HERE)] if told else [])
    assert world.watch(HERE).look().known == {"closed" if told else "open": 1}


def test_two_runs_are_compared_in_the_order_in_which_they_are_named() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    earlier = world.scan(HERE)
    world.serve()
    later = world.scan(HERE)

    changes = {
        kind: [change.kind.value for change in compare_runs(world.tools.store, *pair)]
        for kind, pair in (("forth", (earlier, later)), ("back", (later, earlier)))
    }

    assert changes == {"forth": ["closed"], "back": ["new"]}


def test_a_round_that_never_began_is_no_round_to_go_on_with() -> None:
    world = Watching()
    watch = world.watch(options=ScanOptions(targets=(parse_target("mail.example.edu"),)))
    world.scope = scope_of("mail.example.edu")
    with pytest.raises(NotFound):
        watch.look()
    world.tools.names["mail.example.edu"] = ("93.184.216.34",)

    assert watch.look().age == 0


def test_what_an_interrupted_run_found_counts_and_the_rest_follows() -> None:
    world = Watching()
    world.serve(at_1=OPEN, at_2=OPEN)
    kept, stops = asyncio.Event(), [interrupt]

    class Waiting(NotedProgress):
        def found(self, finding: Finding) -> None:
            super().found(finding)
            kept.set()

    world.progress = Waiting
    watch = world.watch()

    async def interrupted(endpoint: Endpoint) -> None:
        """The second server has not answered yet when the first one is kept."""
        if endpoint.target == THERE and stops:
            await kept.wait()
            while stops:
                stops.pop()()
        await asyncio.sleep(0)

    world.tools.network.pause = interrupted
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


class Meanwhile(MemoryStore):
    """A store on which another watch is done with everything just before this one begins to tell."""

    other: Callable[[], object] | None = None

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        other, self.other = self.other, None
        if other is not None:
            other()
        return super().take_lease(name, holder, now=now, until=until)


def test_what_another_watch_told_since_the_ledger_was_read_is_not_told_again() -> None:
    world = Watching()
    world.tools.store = store = Meanwhile(world.tools.now)
    world.serve(at_1=OPEN)
    one, two = world.watch(holder="one", opens=True), world.watch(holder="two", opens=True)
    store.other = two.look

    one.look()

    assert world.kinds() == [("new", HERE)]
    assert store.subjects("IR-") == ("IR-2026-0001",)


class Away(MemoryStore):
    """A store that cannot be read while changes are looked for."""

    is_away = False

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        if self.is_away and ids is not None:
            lose_the_store()
        return super().findings(run, ids=ids)


def test_a_store_that_is_away_while_changes_are_read_loses_none_of_them() -> None:
    world = Watching()
    world.tools.store = store = Away(world.tools.now)
    world.serve(at_1=OPEN)
    watch = world.watch()
    store.is_away = True
    with pytest.raises(StoreUnusable):
        watch.look()
    store.is_away = False

    watch.look()

    assert (world.kinds(), world.recorded()) == ([("new", HERE)], [("new", HERE)])


def test_changes_that_could_not_be_shown_are_shown_the_next_time() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    shows: list[Callable[[Sequence[SettledChange]], None]] = [lambda _: lose_the_store(), world.show]

    def show(told: Sequence[SettledChange]) -> None:
        shows.pop(0)(told)

    watch = world.watch(show=show)
    with pytest.raises(StoreUnusable):
        watch.look()

    watch.look()

    assert (world.kinds(), world.recorded()) == ([("new", HERE)], [("new", HERE)])


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
