"""Connections and their transactions: what went wrong in one does not reach the next."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from leakguard.store.drivers import Pool
from leakguard.store.places import driver_of, file_of, name_of


def pool_of(path: Path) -> Pool:
    pool = Pool(driver_of(str(path)))
    with pool.transaction(is_write=True) as connection:
        connection.run("CREATE TABLE kept (number INTEGER)")
    return pool


def numbers(pool: Pool) -> list[int]:
    with pool.transaction() as connection:
        return [row[0] for row in connection.rows("SELECT number FROM kept ORDER BY number")]


def add(pool: Pool, number: int, *, then: type[BaseException] | None = None) -> None:
    with pool.transaction(is_write=True) as connection:
        connection.insert("kept", ["number"], [(number,)])
        if then is not None:
            raise then


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_what_was_begun_is_undone_whatever_ends_it(path: Path, kind: type[BaseException]) -> None:
    pool = pool_of(path)
    add(pool, 1)

    with pytest.raises(kind):
        add(pool, 2, then=kind)

    add(pool, 3)
    assert numbers(pool) == [1, 3]
    pool.close()


def test_a_connection_that_is_lost_is_not_used_again(path: Path) -> None:
    pool = pool_of(path)

    with pytest.raises(sqlite3.ProgrammingError), pool.transaction() as connection:
        connection._raw.close()  # noqa: SLF001  (as a server that goes away)

    assert numbers(pool) == []
    pool.close()


def test_a_reader_in_the_middle_and_a_writer_do_not_meet(path: Path) -> None:
    pool = pool_of(path)
    with pool.plain() as connection:
        connection.rows("PRAGMA journal_mode=WAL")
    with pool.transaction() as reading:
        before = reading.rows("SELECT * FROM kept")
        add(pool, 1)

        assert reading.rows("SELECT * FROM kept") == before == []
    assert numbers(pool) == [1]
    pool.close()


def test_long_results_are_fetched_piece_by_piece(path: Path) -> None:
    pool = pool_of(path)
    with pool.transaction(is_write=True) as connection:
        connection.insert("kept", ["number"], [(number,) for number in range(1201)])
        connection.insert("kept", ["number"], [])

        assert [row[0] for row in connection.stream("SELECT number FROM kept ORDER BY number")] == [*range(1201)]
        assert connection.first("SELECT number FROM kept WHERE number = ?", -1) is None
    pool.close()


@pytest.mark.parametrize(
    ("place", "file", "name"),
    [
        ("leakguard.db", Path("leakguard.db"), "leakguard.db"),
        (":memory:", None, ":memory:"),
        ("sqlite:///a/b.db", Path("a/b.db"), "a/b.db"),
        ("sqlite://", None, "sqlite://"),
        ("postgresql+psycopg://user:canary@host/name", None, "postgresql+psycopg://user:***@host/name"),
    ],
)
def test_a_place_is_a_path_or_a_url(place: str, file: Path | None, name: str) -> None:
    assert file_of(place) == file
    assert name_of(place) == name
