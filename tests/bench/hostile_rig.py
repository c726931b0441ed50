"""Starts the fourteen hosts of `hostile_hosts` as a process of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.scans import environment_of

HOSTS = 14
TESTS = Path(__file__).parents[1]


@dataclass(slots=True)
class Canary:
    """The host that nobody may call; `called` is known when the hosts have ended."""

    called: int = 0


@contextlib.contextmanager
def hostile_hosts(first: str, port: int) -> Iterator[Canary]:
    """Fourteen hosts, from the address `first` on."""
    paths = os.pathsep.join((str(TESTS), environment_of()["PYTHONPATH"]))
    canary = Canary()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.hostile_hosts", first, str(port)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths},
    ) as process:  # fmt: skip
        try:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise RuntimeError("the hostile hosts did not start")
            yield canary
        finally:
            told, _ = process.communicate()
            canary.called = int(told or 0)
