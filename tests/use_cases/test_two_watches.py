"""Two watches at the same moment on one real store: each change is kept once, each store gets one incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from leakguard.ledger.verification_result import Answer
from leakguard.models.records import KeptRecord, Record
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incidents import load_incident, open_incident
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.watches.watch_settling import HELD_FOR, LEASE
from support.fake_prober import store_server
from support.fake_tools import FakeTools
from support.scans import NOW
from support.watched_exposures import Watching

PLACES = tuple(f"127.0.0.{number}:9200" for number in range(1, 9))


class SharedTools(FakeTools):
    """Tools on a real store; all of them look at one clock."""

    store: SqlStore  # type: ignore[assignment]  # the real one
    clock: Iterator[int]

    def now(self) -> datetime:
        """A moment later each time, whoever looks."""
        return NOW + timedelta(seconds=next(self.clock))


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[list[Watching]]:
    """Two processes' worth of everything but the store and the clock."""
    clock = count()
    made = [SharedTools(_tokens=count(number * 10**5)) for number in (1, 2)]
    for tools in made:
        tools.clock = clock
        tools.store = SqlStore.open(str(tmp_path / "leakguard.db"), now=tools.now, token=tools.token)
    yield [Watching(tools=tools) for tools in made]
    for tools in made:
        tools.store.close()


def test_two_watches_at_once_keep_a_change_once_and_open_one_incident_a_store(worlds: list[Watching]) -> None:
    start = Barrier(2, timeout=120)

    def watch(world: Watching) -> None:
        watch = world.watch(*PLACES, holder=str(id(world)), opens=True)
        for names in (range(1, 9), range(1, 5), range(1, 9)):
            world.serve(**{f"at_{number}": store_server() for number in names})
            start.wait()
            watch.look()
            start.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(watch, worlds))
    worlds[0].watch(*PLACES, opens=True)

    store = worlds[0].tools.store
    assert isinstance(store, SqlStore)
    changes = Counter(
        (record.content["change"], record.content["target"])
        for record in store.read()
        if record.kind == "exposure_changed"
    )
    assert set(changes.values()) == {1}
    assert Counter(kind for kind, _ in changes) == {"new": 8, "closed": 4, "re_exposed": 4}
    assert len(store.subjects("IR-")) == 8
    assert verify_store(store).answer is Answer.MATCH


def test_a_watch_opens_none_beside_the_incident_that_a_person_opens_at_this_very_moment(
    worlds: list[Watching], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had read which incidents there are, and asked no more: two incidents about one store ran beside each other."""
    world, place = worlds[0], PLACES[0]
    world.serve(at_1=store_server())
    store = world.tools.store
    assert isinstance(store, SqlStore)
    append = store.append

    def behind_a_person(subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if subject.startswith("IR-"):
            monkeypatch.setattr(store, "append", append)
            open_incident(store, tuple(store.findings()), now=world.tools.now(), title="by a person")
        return append(subject, records, after=after)

    monkeypatch.setattr(store, "append", behind_a_person)
    world.watch(place, opens=True).look()

    assert [load_incident(store, name).title for name in store.subjects("IR-")] == ["by a person"]
    assert world.shown[-1].incidents == ("IR-2026-0001",)


def test_a_part_that_waits_for_another_watch_holds_back_the_later_ones_so_each_change_is_kept_once(
    worlds: list[Watching],
) -> None:
    world, place = worlds[0], PLACES[0]
    world.serve(at_1=store_server())
    watch = world.watch(place, opens=True)
    watch.look()
    world.serve()
    watch.look()
    world.serve(at_1=store_server())
    store = world.tools.store
    assert isinstance(store, SqlStore)
    now = world.tools.now()
    assert store.take_lease(LEASE, "another watch", now=now, until=now + HELD_FOR)
    watch.look()
    watch.look()

    store.release_lease(LEASE, "another watch")
    watch.look()

    changes = [record.content["change"] for record in store.read() if record.kind == "exposure_changed"]
    assert changes == ["new", "closed", "re_exposed"]
