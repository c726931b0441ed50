"""Heads that are kept while somebody watches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from leakguard.ledger.entries import Entry
from leakguard.ledger.notes import TreeHead
from leakguard.models.records import KeptRecord
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence_heads import NO_PLACE, HeadKeeper, keep_head
from support.ledgers import START, FakeClock, MemoryJournal, Tokens, make_record


class Journal(MemoryJournal):
    """A journal that can be looked at as a whole."""

    @contextmanager
    def snapshot(self) -> Iterator[Journal]:
        yield self

    def entries(self) -> Iterator[Entry]:
        return iter(list(self.kept))

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        return (record for record in self.read(subject) if record.kind in kinds)


class Place:
    """A second place that remembers the sizes of heads."""

    name = "memory"

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def keep(self, head: TreeHead, note: str) -> None:
        assert head.text == note
        self.sizes.append(head.size)


def keeper(journal: Journal, *places: Place) -> HeadKeeper:
    return HeadKeeper(store=journal, key=None, places=places, now=journal.clock)


def test_a_head_an_hour_is_kept_while_something_happens() -> None:
    journal, place = Journal(), Place()
    watching = keeper(journal, place)
    for _ in range(4):
        journal.append("IR-1", [make_record()])
        watching.look()
        watching.look()
        journal.clock.at += timedelta(minutes=31)

    assert place.sizes == [1, 4]


def test_where_nothing_happens_nothing_is_kept() -> None:
    journal, place = Journal(), Place()
    journal.append("IR-1", [make_record()])
    for _ in range(3):
        keeper(journal, place).look()
        journal.clock.at += timedelta(hours=2)

    assert place.sizes == [1]


def test_without_places_and_without_entries_there_is_nothing_to_keep() -> None:
    journal, place = Journal(), Place()

    assert keeper(journal).look() == keeper(journal, place).look() == ()
    assert (place.sizes, journal.kept) == ([], [])


@pytest.mark.parametrize("is_new", [False, True])
def test_heads_are_kept_each_hour_after_a_clock_that_was_ahead_is_set_right(*, is_new: bool) -> None:
    """By the watch that ran meanwhile, and by one that begins afterwards."""
    journal, place = Journal(), Place()
    journal.clock.at += timedelta(days=365)
    watching = keeper(journal, place)
    journal.append("IR-1", [make_record()])
    watching.look()
    journal.clock.at -= timedelta(days=365)

    for _ in range(4):
        journal.append("IR-1", [make_record()])
        (keeper(journal, place) if is_new else watching).look()
        journal.clock.at += timedelta(minutes=31)

    assert place.sizes == [1, 3, 6]


def test_a_head_that_no_second_place_keeps_is_a_failure_that_names_the_setting() -> None:
    """A database on a server has no file beside it: nothing was kept, and the command ended well."""
    with closing(SqlStore.open("sqlite://", now=FakeClock(), token=Tokens())) as store:
        store.append("S", [make_record()])
        first, again = (keep_head(store, None, (), now=lambda: START) for _ in range(2))

    assert first.record is not None
    assert again.record is None
    for kept in (first, again):
        assert [failure for failure in kept.failures if "set `heads` in leakguard.toml" in failure] == [NO_PLACE]
