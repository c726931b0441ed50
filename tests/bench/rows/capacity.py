"""Rows: what is asked often, and what reads everything, in a large store beside one of a hundredth of its findings."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.house import House
from bench.measured import Row
from bench.processes import Ran, run
from bench.scans import environment_of

INCIDENTS, ENTRIES = 1_000, 1_000_000
FINDINGS, HUGE = 1_000_000, 10_000_000
SMALLER = 100
MOST_MIB, FLAT = 256, 1.25
PATIENCE = 7_200.0
READS_ALL: Mapping[str, tuple[str, ...]] = {
    "`evidence verify`": ("evidence", "verify"),
    "`store backup`, verified": ("store", "backup", "backup"),
}
ASKED_OFTEN: Mapping[str, tuple[str, ...]] = {
    "`incident list`": ("incident", "list"),
    "`incident event`": ("incident", "event", "{incident}", "note"),
    "`clock list --incident`": ("clock", "list", "--incident", "{incident}", "--laws", "cn"),
    "`scan show`, the list of runs": ("scan", "show"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A store that was filled, in a folder of its own."""

    folder: Path
    entries: int
    findings: int
    size: int
    """Bytes of the database."""

    @property
    def words(self) -> str:
        """How much it holds."""
        return f"{self.entries:,} entries and {self.findings:,} findings, {self.size / 2**30:.1f} GiB"


def rows(house: House) -> Iterator[Row]:
    """Seconds of CPU and memory of each command, in both stores."""
    findings = house.many(HUGE if house.is_huge else FINDINGS)
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-", dir=os.environ.get("BENCH_DISK")) as name:
        small = _filled(Path(name) / "small", house.many(INCIDENTS), house.many(ENTRIES), findings // SMALLER)
        large = _filled(Path(name) / "large", house.many(INCIDENTS), house.many(ENTRIES), findings)
        for work, words in {**ASKED_OFTEN, **READS_ALL}.items():
            few, many = (_command(house, store, words) for store in (small, large))
            yield _row(work, few, many, small, large, is_flat=work in ASKED_OFTEN)


def _filled(folder: Path, incidents: int, entries: int, findings: int) -> Filled:
    folder.mkdir()
    paths = os.pathsep.join(str(path) for path in (Path(__file__).parents[3] / "src", Path(__file__).parents[2]))
    counts = [str(count) for count in (incidents, entries, findings)]
    command = [sys.executable, "-m", "bench.capacity_work", str(folder / "leakguard.db"), *counts]
    ran = run(command, folder=folder, seconds=PATIENCE, environment={"PYTHONPATH": paths})
    told = json.loads(ran.stdout)
    size = (folder / "leakguard.db").stat().st_size
    return Filled(folder=folder, entries=told["entries"], findings=told["findings"], size=size)


def _command(house: House, store: Filled, words: Sequence[str]) -> Ran:
    listed = run(
        [str(house.tool.script), "incident", "list"], folder=store.folder, seconds=PATIENCE,
        environment=environment_of(),
    )  # fmt: skip
    named = re.search(r"IR-\d{4}-\d{4}", listed.stdout)
    incident = named[0] if named else ""
    command = [str(house.tool.script), *(word.format(incident=incident) for word in words)]
    return run(command, folder=store.folder, seconds=PATIENCE, environment=environment_of())


def _row(work: str, few: Ran, many: Ran, small: Filled, large: Filled, *, is_flat: bool) -> Row:
    ratio = many.cpu / few.cpu
    ended = few.code == many.code == 0 and not many.is_late
    is_small = many.peak_mib <= MOST_MIB
    return Row(
        work=f"{work} in a store of {large.words}",
        yardstick=f"with {small.findings:,} findings: {few.cpu:.2f} s of CPU, {few.peak_mib:.0f} MiB",
        ours=f"{many.cpu:.2f} s of CPU, {many.peak_mib:.0f} MiB" if ended else f"failed: {many.stderr[-200:]}",
        figure=f"{many.cpu:.2f} s of CPU, {ratio:.3g} of the smaller" if is_flat else f"{many.peak_mib:.0f} MiB",
        goal=(f"<= {FLAT:g} of its CPU, " if is_flat else "") + f"<= {MOST_MIB} MiB",
        is_met=ended and is_small and (ratio <= FLAT or not is_flat),
    )  # fmt: skip
