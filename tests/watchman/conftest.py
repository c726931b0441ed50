"""One PostgreSQL server for every killed watchman of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.postgres_server import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """Skips where there is none."""
    with postgres_server() as running:
        yield running
