"""Stores for tests: real SQLite files, a clock that stands, tokens that repeat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.store.sql_store import SqlStore
from support.ledgers import FakeClock, Tokens
from support.postgres_server import PostgresServer, postgres_server


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new store in each of the two databases."""
    if request.param == "sqlite":
        return str(tmp_path / "leakguard.db")
    running: PostgresServer = request.getfixturevalue("server")
    return running.new_database()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "leakguard.db"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(path: Path, clock: FakeClock) -> Iterator[SqlStore]:
    opened = SqlStore.open(str(path), now=clock, token=Tokens())
    yield opened
    opened.close()
