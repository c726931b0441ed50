"""A look at a store opens nothing: what is there stays as it is, on SQLite and on PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import LeakGuardError
from leakguard.store import schema
from leakguard.store.looking import look_at
from leakguard.store.sql_store import SqlStore
from support.ledgers import FakeClock, Tokens
from support.old_stores import make_old_store


def test_a_store_of_this_release_is_current(place: str) -> None:
    with closing(SqlStore.open(place, now=FakeClock(), token=Tokens())) as store:
        seen = look_at(place)

        assert (seen.name, seen.revision, seen.is_current, seen.is_earlier) == (
            store.name,
            schema.REVISION,
            True,
            False,
        )
        store.try_writing()
        assert store.head() is None


@pytest.mark.parametrize("revision", sorted(schema.EARLIER))
def test_a_store_of_an_earlier_release_is_told_and_not_lifted(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "old.db"
    make_old_store(path, revision)

    for _ in range(2):
        seen = look_at(str(path))
        assert (seen.revision, seen.is_current, seen.is_earlier) == (revision, False, True)


def test_a_place_that_no_command_has_used_yet_has_no_store(place: str) -> None:
    """An empty database on PostgreSQL, as its administrator makes it, was taken for the database of another program."""
    seen = look_at(place)

    assert (seen.is_there, seen.revision) == (False, None)


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert not look_at(str(tmp_path / "none.db")).is_there
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_and_a_folder_are_no_stores(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for name in ("empty.db", "."):
        seen = look_at(str(tmp_path / name))
        assert (seen.is_there, seen.revision, seen.is_current, seen.is_earlier) == (True, None, False, False)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database\n" * 100, encoding="utf-8")
    with pytest.raises(LeakGuardError):
        look_at(str(tmp_path / "text.db"))
