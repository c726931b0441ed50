"""What each test costs in CPU, as wall time depends on what else a machine does: `make test COSTS=folder`.

Every worker writes a line for each test, with the seconds of its own process and of the processes that it started and
waited for. `PYTHONPATH=tests python -m support.costs FOLDER` sums them by folder, by file and by test, dearest first.
With `TRACE=1` what is traced is kept by file of tests, as contexts: they say which file may be `untraced`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import coverage
import pytest

from support.unread_files import UnreadFile

FOLDER = "LEAKGUARD_COSTS"
"""The variable that says where the lines are written; without it nothing is measured."""
COLLECTING = "(to collect)"
DEAREST = 40
"""Files and tests that are listed."""


class Cost(NamedTuple):
    """What one test cost, in seconds; `children` are part of `cpu`."""

    test: str
    cpu: float
    children: float


def _cpu() -> tuple[float, float]:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), children.ru_utime + children.ru_stime


class Costs:
    """A plugin of pytest for one worker."""

    def __init__(self, folder: Path, worker: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._counted = 0.0
        self._runs = False
        self._file = (folder / f"{worker}-{time.time_ns()}.jsonl").open("w", encoding="utf-8", buffering=1)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """A test with all that was set up for it; a fixture of a module is on the account of its first test."""
        if isinstance(item, UnreadFile):
            return (yield)
        if (traced := coverage.Coverage.current()) is not None:
            traced.switch_context(item.nodeid.split("::")[0])
        own, children = _cpu()
        try:
            return (yield)
        finally:
            ours, theirs = _cpu()
            self._write(item.nodeid, ours - own + theirs - children, theirs - children)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """To start and to import all files."""
        own, children = _cpu()
        self._write(COLLECTING, own + children, children)
        self._runs = True

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        """To import a file when its turn comes."""
        own, children = _cpu()
        try:
            return (yield)
        finally:
            if self._runs and isinstance(collector, pytest.Module):
                ours, theirs = _cpu()
                self._write(COLLECTING, ours - own + theirs - children, theirs - children)

    def pytest_unconfigure(self) -> None:
        """No test comes any more: what is left was spent between them, to report each and to get the next one."""
        own, children = _cpu()
        self._write("(between the tests)", own + children - self._counted, 0.0)
        self._file.close()

    def _write(self, test: str, cpu: float, children: float) -> None:
        self._counted += cpu
        self._file.write(json.dumps([test, round(cpu, 4), round(children, 4)]) + "\n")


def costs_in(folder: Path) -> list[Cost]:
    """What all workers wrote."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [Cost(*json.loads(line)) for line in lines]


def summed(costs: list[Cost], name_of: Callable[[str], str]) -> list[str]:
    """A line for each name: seconds, those of children, and how many tests; dearest first."""
    found: dict[str, list[Cost]] = defaultdict(list)
    for one in costs:
        found[name_of(one.test)].append(one)
    rows = [(sum(one.cpu for one in some), sum(one.children for one in some), len(some), name)
            for name, some in found.items()]  # fmt: skip
    return [f"{cpu:8.1f} {children:8.1f} {count:6} {name}" for cpu, children, count, name in sorted(rows, reverse=True)]


def table(costs: list[Cost]) -> str:
    """By folder, file and test."""
    parts = [
        ("folder", summed(costs, lambda test: "/".join(test.split("::")[0].split("/")[:2]))),
        ("file", summed(costs, lambda test: test.split("::")[0])[:DEAREST]),
        ("test", summed(costs, str)[:DEAREST]),
    ]
    return "\n".join(f"     CPU children  tests {name}\n" + "\n".join(rows) + "\n" for name, rows in parts)


if __name__ == "__main__":
    sys.stdout.write(table(costs_in(Path(sys.argv[1]))))
