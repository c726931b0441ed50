"""What is open now, folded on from where it was read last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import StoreUnusable
from leakguard.models.events import exactly
from leakguard.models.findings import Outcome, Severity
from leakguard.models.records import KeptRecord, Record
from leakguard.scanning.place_status import PlaceStanding
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.scans.open_exposures import Exposures
from leakguard.use_cases.scans.withdrawals import WITHDRAWN
from support.findings import SEEN, make_finding
from support.ledgers import Tokens

FIRST, SECOND = "R-1", "R-2"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "store.db"), now=lambda: SEEN, token=Tokens())) as made:
        yield made


def note(store: SqlStore, run: str, kind: str, **content: object) -> None:
    store.append(run, (Record(kind=kind, occurred_at=exactly(SEEN), content=content),))


def run_of(store: SqlStore, run: str, *outcomes: tuple[str, Outcome], is_finished: bool = True) -> None:
    note(store, run, "run_started", targets=["127.0.0.1:9200"], planned=1, resolved={})
    found = [make_finding(name, run=run, outcome=outcome) for name, outcome in outcomes]
    store.save_findings(run, found, {})
    if is_finished:
        note(store, run, "run_finished", counts={})


def test_an_empty_store_has_nothing_open(store: SqlStore) -> None:
    assert Exposures().rows(store) == ()


def test_what_a_run_sees_is_open_while_it_goes_on_and_closed_once_a_later_one_proves_it(store: SqlStore) -> None:
    board = Exposures()
    run_of(store, FIRST, ("F-1", Outcome.EXPOSED), is_finished=False)
    (one,) = board.rows(store)
    assert (one.traits.glance.id, one.standing, one.seen.severity) == ("F-1", PlaceStanding.OPEN, Severity.CRITICAL)
    assert board.rows(store)[0] is one

    note(store, FIRST, "run_finished", counts={})
    assert [each.traits.glance.id for each in board.rows(store)] == ["F-1"]
    run_of(store, SECOND, ("F-2", Outcome.NOT_EXPOSED))
    assert board.rows(store) == ()


def test_an_incident_that_is_opened_later_stands_beside_its_place(store: SqlStore) -> None:
    board = Exposures()
    run_of(store, FIRST, ("F-1", Outcome.EXPOSED))
    assert board.rows(store)[0].incidents == ()
    made = open_incident(store, tuple(store.findings(ids=["F-1"])), now=SEEN)

    (one,) = board.rows(store)
    assert one.incidents == (made.id,)
    assert board.cases(store, one.incidents)[made.id].title == made.title


def test_what_was_withdrawn_is_not_open_any_more(store: SqlStore) -> None:
    board = Exposures()
    run_of(store, FIRST, ("F-1", Outcome.EXPOSED))
    assert len(board.rows(store)) == 1
    note(store, FIRST, WITHDRAWN, shards=[0], of=1)

    assert board.rows(store) == ()


@pytest.mark.parametrize("read", ["findings", "read_after"])
def test_a_refused_read_leaves_no_incident_out(store: SqlStore, monkeypatch: pytest.MonkeyPatch, read: str) -> None:
    board = Exposures()
    run_of(store, FIRST, ("F-1", Outcome.EXPOSED))
    board.rows(store)
    made = open_incident(store, tuple(store.findings(ids=["F-1"])), now=SEEN)
    refuse(store, monkeypatch, board, read)

    assert [one.incidents for one in board.rows(store)] == [(made.id,)]


def test_what_is_recorded_while_incidents_are_read_is_read_next(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Exposures()
    run_of(store, FIRST, ("F-1", Outcome.EXPOSED))
    board.rows(store)
    note(store, "R-9", "run_started", targets=["127.0.0.1:9201"], planned=1, resolved={})
    found, read_after = tuple(store.findings(ids=["F-1"])), store.read_after

    def recorded_behind(sequence: int) -> Iterator[KeptRecord]:
        yield from tuple(read_after(sequence))
        monkeypatch.undo()
        open_incident(store, found, now=SEEN)

    monkeypatch.setattr(store, "read_after", recorded_behind)
    board.rows(store)
    note(store, "R-9", "run_finished", counts={})

    assert [len(one.incidents) for one in board.rows(store)] == [1]


def test_a_run_that_was_taken_in_before_a_refused_read_is_not_taken_in_twice(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Exposures()
    board.rows(store)
    run_of(store, FIRST, ("F-1", Outcome.EXPOSED))
    run_of(store, SECOND, ("F-2", Outcome.NOT_EXPOSED))
    read = store.read

    def refused(run: str) -> Iterator[KeptRecord]:
        if run == SECOND:
            raise StoreUnusable("the database is locked")
        return read(run)

    with monkeypatch.context() as patch:
        patch.setattr(store, "read", refused)
        with pytest.raises(StoreUnusable):
            board.rows(store)
    taken: list[str] = []

    def noted(run: str) -> Iterator[KeptRecord]:
        taken.append(run)
        return read(run)

    monkeypatch.setattr(store, "read", noted)

    assert board.rows(store) == ()
    assert taken == [SECOND]


def refuse(store: SqlStore, monkeypatch: pytest.MonkeyPatch, board: Exposures, read: str) -> None:
    """One call while the store refuses this read."""

    def refused(*_: object, **__: object) -> object:
        raise StoreUnusable("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(store, read, refused)
        with pytest.raises(StoreUnusable):
            board.rows(store)
