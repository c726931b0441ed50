"""Rows: large scripts of one page read in one process, and many small sites within the usual limits of a scope."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.house import House, address
from bench.measured import NO_YARDSTICK, Row
from bench.page_work import ENTRY, SITE_BYTES
from bench.processes import Series, run
from bench.scans import Scan

CPU_SECONDS, MOST_MIB = 1.0, 64
SITES, SECONDS = 500, 60.0
FIRST, PORT = "127.72.0.1", 8080
"""One in each network of 256 addresses, as sites of many owners are."""
LIMITS = "{total: 500/s, per_host: 5/s}"
"""What `scope init` writes."""
_PATHS = os.pathsep.join(str(path) for path in (Path(__file__).parents[3] / "src", Path(__file__).parents[2]))


def rows(house: House) -> Iterator[Row]:
    """CPU and memory of three megabytes, then the time of five hundred sites."""
    yield from _scripts(house)
    yield _sites(house)


def _scripts(house: House) -> Iterator[Row]:
    command = [sys.executable, "-m", "bench.page_work", "read"]
    told = []
    for _ in range(house.runs):
        ran = run(command, folder=house.folder, seconds=120, environment={"PYTHONPATH": _PATHS})
        told.append(json.loads(ran.stdout) if ran.code == 0 else {})
    cpu = sorted(each.get("cpu", float("inf")) for each in told)[len(told) // 2]
    peak = max(each.get("peak_mib", float("inf")) for each in told)
    is_whole = all(each.get("found") == 1 for each in told)
    work = "3 MB of scripts searched for secrets, backends and further scripts"
    yield Row(
        work=work, yardstick=NO_YARDSTICK, ours=f"{cpu:.2f} s of CPU", figure=f"{cpu:.2f} s",
        goal=f"< {CPU_SECONDS:.0f} s of CPU", is_met=cpu < CPU_SECONDS and is_whole,
    )  # fmt: skip
    yield Row(
        work=f"{work}, by the whole process", yardstick=NO_YARDSTICK, ours=f"{peak:.0f} MiB at most",
        figure=f"{peak:.0f} MiB", goal=f"<= {MOST_MIB} MiB", is_met=peak <= MOST_MIB and is_whole,
    )  # fmt: skip


def _sites(house: House) -> Row:
    count = house.many(SITES)
    urls = [f"http://{address(FIRST, number * 256)}:{PORT}/" for number in range(count)]
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
        targets = Path(name) / "targets.txt"
        targets.write_text("\n".join(urls) + "\n", encoding="utf-8")
        scans = _scanned(house, targets)
    series = Series(runs=tuple(scan.ran for scan in scans))
    cpu = max(scan.ran.cpu for scan in scans)
    right = min(sum(map(_is_right, scan.findings)) for scan in scans)
    return Row(
        work=f"{count} sites with {SITE_BYTES // 1000} KB of scripts each, within the usual limits of a scope",
        yardstick=NO_YARDSTICK, ours=f"{series.words}, {cpu:.0f} s of CPU, {right} pages told with their backend",
        figure=f"{series.seconds:.1f} s", goal=f"<= {SECONDS:.0f} s",
        is_met=series.seconds <= SECONDS and right == count,
    )  # fmt: skip


def _scanned(house: House, targets: Path) -> list[Scan]:
    command = [sys.executable, "-m", "bench.page_work", "serve", str(PORT)]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": _PATHS}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        more = ("--targets", str(targets))
        found = [house.tool.scan(checks="", more=more, limits=LIMITS) for _ in range(house.runs + 1)]
        server.communicate()
    return found[1:]


def _is_right(finding: Mapping[str, object]) -> bool:
    shipped = finding.get("shipped")
    return isinstance(shipped, dict) and [one["entry"] for one in shipped["backends"]] == [ENTRY]
