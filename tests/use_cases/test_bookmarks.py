"""A bookmark spares a watch the folding of all runs, and changes nothing of what it tells."""

from __future__ import annotations

import base64
import contextlib
import json
import zlib
from collections.abc import Callable, Sequence
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.errors import StoreUnusable
from leakguard.ledger.entries import CONTENT_ERASED
from leakguard.models.bookmarks import Bookmark
from leakguard.models.events import exactly
from leakguard.models.observations import Ending
from leakguard.models.records import Record
from leakguard.scanning import history_state
from leakguard.scanning.history import History
from leakguard.use_cases.scans import bookmarks, exposures
from leakguard.use_cases.scans.exposure_changes import BEGAN
from leakguard.use_cases.scans.exposures import history_of_places, open_since
from leakguard.use_cases.scans.following import Follower
from leakguard.use_cases.scans.verify_findings import seen_open_elsewhere
from leakguard.use_cases.watches import watch_exposures
from support.fake_prober import FakeServer, store_server
from support.memory_store import MemoryStore
from support.scans import NOW
from support.watched_exposures import TARGETS, Killed, Watching, kill, stop_after

pytestmark = pytest.mark.long

HERE, THERE = TARGETS
OPEN, LOCKED = store_server(records=100), store_server(locked=True)
SERVERS = {
    "open": OPEN, "larger": store_server(records=200), "login": LOCKED, "silent": FakeServer(otherwise=Ending.SILENT),
    "closed": None,
}  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(SERVERS)),
        st.sampled_from(sorted(SERVERS)),
        st.sampled_from(["round", "scan", "killed round", "incident"]),
    ),
    max_size=7,
)
"""What each of two hosts is, and what happens then."""


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bookmark is kept whenever anything was folded."""
    monkeypatch.setattr(watch_exposures, "WORTH_A_BOOKMARK", 1)


def serve(world: Watching, here: str, there: str) -> None:
    servers = {"at_1": SERVERS[here], "at_2": SERVERS[there]}
    world.serve(**{name: server for name, server in servers.items() if server is not None})


def live(steps: Sequence[tuple[str, str, str]]) -> Watching:
    """The world after a watch that was started anew for each step, and once more to tell what was left."""
    world = Watching()
    with patch.object(watch_exposures, "WORTH_A_BOOKMARK", 1):
        for here, there, happens in steps:
            serve(world, here, there)
            if happens == "scan":
                world.scan()
            if happens == "killed round":
                stop_after(world, 2, kill)
            with contextlib.suppress(Killed):
                world.watch(opens=happens == "incident").look()
        world.watch()
    return world


def refolded(store: MemoryStore) -> list[tuple[str, str]]:
    """What changed, by all runs folded from the first one on."""
    began = next(store.of_kinds({BEGAN})).sequence
    follower, history = Follower(store=store), History()
    follower.read_on()
    told = []
    for part in follower.ended:
        changes = history.fold(exposures.looks_of(store, history, part))
        told += [(change.kind.value, change.target) for change in changes if part.until > began]
    return told


@settings(max_examples=60)
@given(steps=STEPS)
def test_a_watch_with_bookmarks_tells_what_one_without_them_tells(steps: list[tuple[str, str, str]]) -> None:
    world = live([("silent", "silent", "round"), *steps])

    assert world.tools.store.bookmarked is not None
    assert world.recorded() == refolded(world.tools.store)


@settings(max_examples=40)
@given(steps=STEPS)
def test_a_responder_hears_the_same_with_a_bookmark(steps: list[tuple[str, str, str]]) -> None:
    store = live(steps).tools.store
    found = list(store.findings())
    places = {(one.check_id, one.place) for one in found}

    def heard() -> object:
        history = history_of_places(store, places)
        return history.standings(), open_since(store, found), seen_open_elsewhere(store, found)

    with_it = heard()
    store.bookmarked = None

    assert with_it == heard()


def folds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that are folded from now on."""
    folded: list[str] = []
    looks_of = exposures.looks_of

    def noting(*words: object, **more: object) -> object:
        folded.append(words[2].run)  # type: ignore[attr-defined]  # a part
        return looks_of(*words, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(watch_exposures, "looks_of", noting)
    return folded


@pytest.mark.usefixtures("always")
def test_what_was_told_is_not_folded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    for _ in range(5):
        world.watch().look()
    world.serve()
    last = world.scan()
    folded = folds(monkeypatch)

    world.watch()

    assert folded == [last]
    assert world.recorded() == [("new", HERE), ("closed", HERE)]


def test_a_bookmark_is_kept_only_where_it_spares_more_than_it_costs() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.watch().look()

    assert world.tools.store.bookmarked is None


@pytest.mark.usefixtures("always")
def test_nothing_is_bookmarked_that_is_not_told_yet() -> None:
    """The incident's lock is another watch's: what changed waits."""
    world = Watching()
    world.watch().look()
    before = world.tools.store.bookmarked
    world.serve(at_1=OPEN)
    world.scan()

    def fail(_: object) -> None:
        raise StoreUnusable("the terminal is gone", next_step="-")

    with pytest.raises(StoreUnusable):
        world.watch(show=fail)

    assert world.tools.store.bookmarked == before
    world.watch()
    assert world.kinds() == [("new", HERE)]


def forged(text: str) -> str:
    """One that says that nothing was ever open."""
    state = json.loads(zlib.decompress(base64.b64decode(text)))
    state["history"] = history_state.state_of(History())
    return base64.b64encode(zlib.compress(json.dumps(state).encode())).decode()


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("change", [forged, lambda text: text[:-4], lambda _: ""])
def test_a_bookmark_that_somebody_changed_is_not_believed(change: Callable[[str], str]) -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.watch().look()
    store = world.tools.store
    assert store.bookmarked is not None
    store.bookmarked = Bookmark(sequence=store.bookmarked.sequence, text=change(store.bookmarked.text))
    world.serve()
    world.watch().look()

    assert world.recorded() == [("new", HERE), ("closed", HERE)]


@pytest.mark.usefixtures("always")
def test_a_bookmark_of_which_the_ledger_knows_nothing_is_not_believed() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.watch().look()
    store = world.tools.store
    assert store.bookmarked is not None
    for sequence in (1, 999):
        store.bookmarked = Bookmark(sequence=sequence, text=store.bookmarked.text)
        assert bookmarks.read_bookmark(store) is None


@pytest.mark.usefixtures("always")
def test_a_bookmark_of_another_release_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.watch().look()
    before = world.tools.store.bookmarked
    monkeypatch.setattr(history_state, "FORMAT", history_state.FORMAT + 1)

    world.watch()

    assert world.recorded() == [("new", HERE)]
    assert world.tools.store.bookmarked != before


@pytest.mark.usefixtures("always")
def test_a_disk_that_is_full_by_now_is_no_reason_to_end_a_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Watching()

    def full(*_: object, **__: object) -> None:
        raise StoreUnusable("the store cannot be written: no space left", next_step="Free the disk.")

    monkeypatch.setattr(world.tools.store, "keep_bookmark", full)
    world.serve(at_1=OPEN)

    assert world.watch().look().known == {"open": 1}


@pytest.mark.usefixtures("always")
def test_a_round_that_was_killed_goes_on_behind_a_bookmark() -> None:
    world = Watching()
    world.serve(at_1=OPEN)
    world.watch().look()
    stop_after(world, 1, kill)
    with pytest.raises(Killed):
        world.watch().look()
    rounds = world.tools.store.subjects("R-")

    world.watch().look()

    assert world.tools.store.subjects("R-") == rounds


@pytest.mark.usefixtures("always")
def test_what_was_erased_while_a_watch_ran_does_not_come_back_by_its_bookmark() -> None:
    """It has what was erased in memory still; the next watch reads anew."""
    world = Watching()
    world.serve(at_1=OPEN)
    old = world.watch()
    old.look()
    store = world.tools.store
    store.bookmarked = None
    store.append("EVIDENCE", [Record(kind=CONTENT_ERASED, occurred_at=exactly(NOW))])
    world.serve(at_1=OPEN, at_2=OPEN)

    old.look()
    assert store.bookmarked is None

    world.watch().look()
    assert store.bookmarked is not None
