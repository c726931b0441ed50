"""A store in a place that cannot be written is read without locks, and never while somebody else writes it."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import StoreUnusable
from leakguard.store.drivers import still_file
from leakguard.store.sql_store import SqlStore
from support.ledgers import FakeClock, Tokens, make_record


def open_store(path: Path) -> SqlStore:
    return SqlStore.open(str(path), now=FakeClock(), token=Tokens(), create=False)


@pytest.fixture
def locked(path: Path, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of three entries whose folder may not be written, as far as our own question goes."""
    store.append("S", [make_record() for _ in range(3)])
    store.close()
    monkeypatch.setattr("leakguard.store.drivers.os.access", lambda *_: False)
    return path


def test_it_is_read_without_a_journal(locked: Path) -> None:
    with closing(open_store(locked)) as reading:
        assert len(list(reading.read())) == 3
        assert not locked.with_name(f"{locked.name}-wal").exists()


def test_nothing_is_read_so_beside_a_journal_or_where_one_can_be_made(locked: Path) -> None:
    """A journal may hold more than the file, and says that another process may be writing."""
    for suffix in ("-wal", "-shm", "-journal"):
        journal = locked.with_name(f"{locked.name}{suffix}")
        journal.touch()
        assert still_file(str(locked)) is None
        journal.unlink()

    assert still_file(str(locked)) is not None
    assert still_file(":memory:") is None


def test_a_name_that_a_uri_would_read_otherwise_is_a_name(locked: Path) -> None:
    odd = locked.with_name("a?mode=rwc&b #%41.db")
    locked.rename(odd)

    with closing(open_store(odd)) as reading:
        assert len(list(reading.read())) == 3


def test_a_link_is_followed_to_where_the_journal_would_stand(locked: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(locked)

    found = still_file(str(link))

    assert found is not None
    assert found.path == locked.resolve()


def test_a_file_that_somebody_writes_all_the_same_is_told(locked: Path) -> None:
    """Who owns the folder may write it; what was read then may be half of one state and half of another."""
    with closing(open_store(locked)) as reading:
        os.utime(locked, ns=(1, 1))
        with pytest.raises(StoreUnusable, match="was written while it was read"):
            list(reading.read())


def test_nobody_is_told_of_damage_where_a_file_only_changed_under_the_reader(locked: Path) -> None:
    with closing(open_store(locked)) as reading:
        locked.write_bytes(b"\0" * locked.stat().st_size)
        with pytest.raises(StoreUnusable, match="was written while it was read"):
            list(reading.read())
