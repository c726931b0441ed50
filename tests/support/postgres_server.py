"""A real PostgreSQL server of the test run's own, which listens on a socket file alone."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
_NUMBERS = count(1)


class PostgresServer:
    """A running server."""

    def __init__(self, folder: str, programs: Path) -> None:
        self._folder = folder
        self._programs = programs

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"leakguard_{next(_NUMBERS)}"
        command = [str(self._programs / "createdb"), "-h", self._folder, "-U", "postgres", name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Started as nobody, since it refuses root; skips where there is none."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    if not PROGRAMS:
        pytest.skip("no PostgreSQL server on this machine: apt install postgresql")
    programs, user = PROGRAMS[-1].parent, "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="lg-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as folder:
        Path(folder).chmod(0o777)

        def run(program: str, *words: str) -> None:
            command = [str(programs / program), "-D", f"{folder}/data", *words]
            subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder, timeout=60)

        run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        # A machine that loses its power is no subject of any test, and to wait for its disk took most of their time.
        run("pg_ctl", "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "-l", f"{folder}/log", "-w", "start")
        try:
            yield PostgresServer(folder, programs)
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
