"""Rows: the pages of the console over many incidents, a change until Now shows it, and the first page of a process."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.house import House
from bench.measured import NO_YARDSTICK, Row
from bench.processes import Ran, run

INCIDENTS = 1_000
PAGE_MS, TOLD_S, FIRST_S = 100, 1.0, 1.5
PATIENCE = 30.0
FEW = 64
PACKAGES = "starlette, jinja2, sqlalchemy, pydantic"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What the work of the console came to."""

    pages: Mapping[str, float]
    """Milliseconds of CPU by path."""
    plain: float
    """The same for a file that never changes, from the same application."""
    told: float
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """What passed until a first page had arrived, in seconds."""

    wall: float
    cpu: float


def rows(house: House) -> Iterator[Row]:
    """CPU of the dearest page, of Now and of the list of incidents; a change; the first page."""
    count = house.many(INCIDENTS)
    many, few = _worked(house, count), _worked(house, FEW)
    dearest = max(many.pages, key=lambda path: many.pages[path], default="-")
    works = {"/": "Now", "/incidents": "the list of incidents", dearest: f"the dearest of {len(many.pages)} pages"}
    for path, work in works.items():
        yield _page(f"{work}, `{path}`, with {count:,} incidents", many, few, path)
    yield Row(
        work="a change until Now has it, by the stream and a page made again", ours=f"{many.told:.2f} s",
        yardstick=f"with {FEW} incidents: {few.told:.2f} s", figure=f"{many.told:.2f} s",
        goal=f"<= {TOLD_S:g} s", is_met=many.told <= TOLD_S,
    )  # fmt: skip
    yield _first_page(house)


def _page(work: str, many: Worked, few: Worked, path: str) -> Row:
    cpu = float(many.pages.get(path, "inf"))
    plain = f"a static file of the same application: {many.plain:.0f} ms; with {FEW} incidents:"
    yardstick = f"{plain} {few.pages[path]:.0f} ms" if path in few.pages else NO_YARDSTICK
    return Row(
        work=work, yardstick=yardstick, ours=f"{cpu:.0f} ms of CPU", figure=f"{cpu:.0f} ms",
        goal=f"<= {PAGE_MS} ms of CPU", is_met=cpu <= PAGE_MS,
    )  # fmt: skip


def _worked(house: House, incidents: int) -> Worked:
    paths = os.pathsep.join(str(path) for path in (Path(__file__).parents[3] / "src", Path(__file__).parents[2]))
    command = [sys.executable, "-m", "bench.console_work", str(incidents)]
    ran = run(command, folder=house.folder, seconds=900, environment={"PYTHONPATH": paths})
    found = json.loads(ran.stdout) if ran.code == 0 else {}
    plain, told = (float(found.get(name, "inf")) for name in ("static_ms", "told_s"))
    return Worked(pages=found.get("pages", {}), plain=plain, told=told)


def _first_page(house: House) -> Row:
    """From the fork of `leakguard web` until its login page has arrived; beside it a process that only imports."""
    ours, theirs = list[First](), list[Ran]()
    for _ in range(house.runs + 1):
        ours.append(_until_page(house))
        theirs.append(run([sys.executable, "-c", f"import {PACKAGES}"], folder=house.folder, seconds=PATIENCE))
    seconds = [one.wall for one in ours[1:]]
    middle, cpu = statistics.median(seconds), statistics.median(one.cpu for one in ours[1:])
    wall = statistics.median(one.wall for one in theirs[1:])
    used = statistics.median(one.cpu for one in theirs[1:])
    spread = f"{middle:.2f} s ({min(seconds):.2f}-{max(seconds):.2f})"
    return Row(
        work="`leakguard web`: from its start until the first page has arrived", figure=f"{middle:.2f} s",
        yardstick=f"`python -c 'import {PACKAGES}'`: {wall:.2f} s, {used:.2f} s of CPU",
        ours=f"{spread}, {cpu:.2f} s of CPU, at a load of {os.getloadavg()[0]:.0f}", goal=f"<= {FIRST_S:g} s",
        is_met=middle <= FIRST_S,
    )  # fmt: skip


def _until_page(house: House) -> First:
    port = _free_port()
    return _served([str(house.tool.script), "web", "--bind", f"127.0.0.1:{port}"], port, "/login", house.folder)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _served(command: list[str], port: int, path: str, folder: Path) -> First:
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - began < PATIENCE:
            try:
                with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=PATIENCE) as answer:
                    answer.read()
                    return First(wall=time.perf_counter() - began, cpu=_cpu(process.pid))
            except OSError:
                time.sleep(0.01)
        return First(wall=float("inf"), cpu=float("inf"))
    finally:
        process.terminate()
        process.wait()


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process used so far."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICKS
