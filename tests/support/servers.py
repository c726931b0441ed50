"""Real servers as child processes, each of which writes down what it was sent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
SILENCE = 3600.0
"""Seconds for which those that fall silent stay so: who waits for their end is ended by the deadline of the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A server on a loopback port."""

    port: int
    log: Path

    @property
    def received(self) -> list[Any]:
        """What it was sent, in order."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def child(module: str, log: Path, *words: str) -> Iterator[Child]:
    """Run `python -m support.<module> LOG ...` until the block ends; its first line names the port."""
    log.touch()
    command = [sys.executable, "-m", f"support.{module}", str(log), *words]
    process = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Child(port=int(process.stdout.readline()), log=log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
