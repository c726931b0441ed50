"""Where packages are made, from which moment they date, and how a tool is run."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging"
BUILD = ROOT / "build" / "packages"
"""What is made on the way, and kept for the next run."""
DIST = ROOT / "dist"
_UNDATED = 1_767_225_600
"""2026-01-01: the date of what is built from a source archive, which has no history."""


class NotMade(Exception):
    """A package could not be made; the text says why, and what to do."""


@cache
def epoch() -> int:
    """The moment that everything dates from: `SOURCE_DATE_EPOCH`, or the last commit."""
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    if stated:
        return int(stated)
    told = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(told.stdout) if told.returncode == 0 and told.stdout.strip() else _UNDATED


def run(command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """What a tool prints; raises `NotMade` with the end of what it says if it fails."""
    words = [str(word) for word in command]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch()), **(env or {})}
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMade(
            f"`{' '.join(words)[:200]}` ended with {done.returncode}:\n{(done.stderr or done.stdout)[-2_000:]}"
        )
    return done.stdout


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Nobody else makes this part meanwhile: tests of several processes share what is built."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / f".{name}.lock").open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def say(line: str) -> None:
    """A line about what was made."""
    sys.stderr.write(f"{line}\n")
