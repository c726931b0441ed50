"""Whole processes, timed from outside, and several of them in turn."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
SLOW = 40.0
"""Seconds after which a run is not repeated: five of them would take longer than anybody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One whole process, from its fork to its end."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, of all its processes."""
    peak_mib: float
    """Of whichever of its processes had most."""
    code: int
    first_output: float | None
    """Seconds until the first byte on stdout."""
    is_late: bool
    """Whether it was ended because its time was over."""
    stdout: str
    stderr: str


def run(
    command: Sequence[str],
    *,
    folder: Path,
    seconds: float,
    limit: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Run a command to its end; `limit` is that of its open files."""
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept) / "out", Path(kept) / "err"
        options = {
            "command": list(command), "limit": limit, "seconds": seconds,
            "stdout": str(out), "stderr": str(err), "folder": str(folder),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-IS", str(LAUNCHER), json.dumps(options)],
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, **(environment or {})},
        )
        told, noted = out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace")
    report = json.loads(done.stdout)
    return Ran(peak_mib=report.pop("peak_kib") / 1024, stdout=told, stderr=noted, **report)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The same work several times; the first run, which fills caches, is not among them unless it is the only one."""

    runs: tuple[Ran, ...]

    @property
    def seconds(self) -> float:
        """The median of the wall times."""
        return statistics.median(ran.wall for ran in self.runs)

    @property
    def peak_mib(self) -> float:
        """The largest."""
        return max(ran.peak_mib for ran in self.runs)

    @property
    def is_late(self) -> bool:
        """Whether any run was ended because its time was over, so that `seconds` is too small."""
        return any(ran.is_late for ran in self.runs)

    @property
    def words(self) -> str:
        """`1.07 s (1.01-1.10)`."""
        return spread([ran.wall for ran in self.runs], "s", at_least=self.is_late)


def spread(values: Sequence[float], unit: str, *, at_least: bool = False) -> str:
    """The median, with the smallest and the largest value: `1.07 s (1.01-1.10)`."""
    mark = "> " if at_least else ""
    middle = f"{mark}{statistics.median(values):.2f} {unit}"
    return f"{middle} ({min(values):.2f}-{max(values):.2f})" if len(values) > 1 else f"{middle} (1 run)"


def without_failures(series: Mapping[str, Series], *yardsticks: str) -> dict[str, Series]:
    """Without the yardsticks that ended with an error: a tool that gave up is not quick."""
    return {
        name: each for name, each in series.items() if name not in yardsticks or not any(ran.code for ran in each.runs)
    }


def in_turn(contenders: Mapping[str, Callable[[], Ran]], runs: int) -> dict[str, Series]:
    """A B C A B C ..., after a round that only warms up; whoever is slow then runs no more."""
    first = {name: contend() for name, contend in contenders.items()}
    quick = [name for name, ran in first.items() if ran.wall < SLOW and not ran.is_late]
    kept: dict[str, list[Ran]] = {name: [] for name in quick}
    for _ in range(runs):
        for name in quick:
            kept[name].append(contenders[name]())
    return {name: Series(runs=tuple(kept.get(name) or [ran])) for name, ran in first.items()}
