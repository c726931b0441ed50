"""Results of a worker that are withdrawn while a watch runs count no longer, and no bookmark brings them back."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence

import pytest

from leakguard.errors import StoreUnusable
from leakguard.models.bookmarks import Bookmark
from leakguard.models.events import exactly
from leakguard.models.records import KeptRecord, Record
from leakguard.use_cases.scans.bookmarks import KEPT, read_bookmark
from leakguard.use_cases.scans.exposures import history_of_places
from leakguard.use_cases.scans.open_exposures import Exposures
from leakguard.use_cases.scans.withdrawals import WITHDRAWN
from leakguard.use_cases.watches import watch_exposures
from leakguard.use_cases.watches.watch_settling import SettledChange
from support.fake_prober import store_server
from support.memory_store import MemoryStore
from support.scans import NOW
from support.watched_exposures import TARGETS, Watching

HERE, THERE = TARGETS
OPEN = store_server(records=100)


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bookmark is kept whenever anything was folded."""
    monkeypatch.setattr(watch_exposures, "WORTH_A_BOOKMARK", 1)


def withdraw(store: MemoryStore, run: str) -> None:
    """What `leakguard fleet withdraw` writes: the worker had the only shard of the run."""
    store.append(run, [Record(kind=WITHDRAWN, occurred_at=exactly(NOW), content={"shards": [0], "of": 1})])


def closed_by_one_run(store: MemoryStore | None = None) -> tuple[Watching, str]:
    """An exposure, and the run that saw it closed."""
    world = Watching()
    world.tools.store = store or world.tools.store
    world.serve(at_1=OPEN)
    world.watch(HERE).look()
    world.serve()
    run = world.scan(HERE)
    world.watch(THERE)
    assert world.kinds() == [("new", HERE), ("closed", HERE)]
    return world, run


def is_open(store: MemoryStore) -> bool:
    place = next((one.check_id, one.place) for one in store.findings() if one.place == HERE)
    return bool(history_of_places(store, {place}).open_spots(place))


def test_a_withdrawal_reaches_a_watch_that_runs_and_no_bookmark_hides_it() -> None:
    world, run = closed_by_one_run()
    store, watch = world.tools.store, world.watch(THERE)
    assert watch.look().known == {"closed": 1}
    before = store.bookmarked

    withdraw(store, run)

    assert watch.look().known == {"open": 1}
    assert store.bookmarked not in {None, before}
    assert is_open(store)
    assert world.watch(THERE).look().known == {"open": 1}
    assert world.kinds() == []


def test_a_place_that_is_open_again_by_a_withdrawal_is_not_proved_closed_for_its_watch() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.scan(HERE, vantage="outside")
    world.serve()
    run = world.scan(HERE, vantage="outside")
    watch = world.watch(HERE)
    assert watch.look().unproved == 0

    withdraw(world.tools.store, run)

    assert watch.look().unproved == 1


def test_a_closure_that_waits_to_be_told_is_not_told_once_it_is_withdrawn() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    fails = [True]

    def show(told: Sequence[SettledChange]) -> None:
        if fails:
            raise StoreUnusable("the terminal is gone", next_step="-")
        world.show(told)

    world.watch(HERE).look()
    watch = world.watch(THERE, show=show)
    world.serve(at_2=OPEN)
    run = world.scan(HERE)
    with pytest.raises(StoreUnusable):
        watch.look()
    fails.clear()

    withdraw(world.tools.store, run)
    watch.look()

    assert world.kinds() == [("new", HERE), ("new", THERE)]


class WithdrawnMeanwhile(MemoryStore):
    """A store to which somebody withdraws results while a bookmark of them is made."""

    run = ""

    def keep_bookmark(self, text: str, subject: str, record: Record, *, since: int) -> None:
        run, self.run = self.run, ""
        if run:
            withdraw(self, run)
        super().keep_bookmark(text, subject, record, since=since)


def test_a_bookmark_that_is_kept_just_behind_a_withdrawal_is_not_believed() -> None:
    store = WithdrawnMeanwhile(Watching().tools.now)
    world, run = closed_by_one_run(store)
    store.run = run

    world.watch(THERE).look()

    assert store.run == ""
    assert read_bookmark(store) is None
    assert is_open(store)
    assert world.watch(THERE).look().known == {"open": 1}


def test_a_bookmark_that_an_earlier_release_kept_behind_a_withdrawal_is_not_believed() -> None:
    """Its watch never read the withdrawal."""
    world, run = closed_by_one_run()
    store = world.tools.store
    assert store.bookmarked is not None
    state = json.loads(zlib.decompress(base64.b64decode(store.bookmarked.text)))
    del state["withdrawn"]
    withdraw(store, run)
    text = base64.b64encode(zlib.compress(json.dumps(state).encode())).decode()
    vouching = Record(
        kind=KEPT, occurred_at=exactly(NOW), content={"sha256": hashlib.sha256(text.encode()).hexdigest()}
    )
    store.bookmarked = Bookmark(sequence=store.append("WATCH", [vouching])[0].sequence, text=text)

    assert is_open(store)


class Away(MemoryStore):
    """A store that goes away when a withdrawal has just been read."""

    is_away = False

    def read_after(self, sequence: int) -> Iterator[KeptRecord]:
        for record in super().read_after(sequence):
            yield record
            if self.is_away and record.kind == WITHDRAWN:
                raise StoreUnusable("the store does not answer", next_step="Start it.")


def test_a_withdrawal_is_not_lost_where_the_store_goes_away_behind_it() -> None:
    store = Away(Watching().tools.now)
    world, run = closed_by_one_run(store)
    watch = world.watch(THERE)
    withdraw(store, run)
    store.is_away = True
    with pytest.raises(StoreUnusable):
        watch.look()
    store.is_away = False

    assert watch.look().known == {"open": 1}


def test_a_console_that_has_read_the_history_tells_what_was_withdrawn_as_open() -> None:
    world, run = closed_by_one_run()

    class Store(MemoryStore):
        def head(self) -> object:
            """Only whether it moved matters."""
            return type("Moved", (), {"hash": str(len(self.records)), "sequence": len(self.records)})()

    world.tools.store.__class__ = Store
    exposures = Exposures()
    assert exposures.rows(world.tools.store) == ()  # type: ignore[arg-type]  # as far as it is read
    withdraw(world.tools.store, run)

    assert len(exposures.rows(world.tools.store)) == 1  # type: ignore[arg-type]  # as above
