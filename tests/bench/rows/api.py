"""Rows: the board of the API over many incidents, one event recorded by it, and the memory of open streams."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.house import House
from bench.measured import NO_YARDSTICK, Row
from bench.processes import run

INCIDENTS, STREAMS, EVENTS = 1_000, 50, 200
BOARD_MS, EVENT_MS, FLAT_MIB = 100, 30, 8


def rows(house: House) -> Iterator[Row]:
    """CPU of a board and of an event, then by how much many open streams let the process grow."""
    incidents = house.many(INCIDENTS)
    paths = os.pathsep.join(str(path) for path in (Path(__file__).parents[3] / "src", Path(__file__).parents[2]))
    command = [sys.executable, "-m", "bench.api_work", str(incidents), str(STREAMS), str(EVENTS)]
    ran = run(command, folder=house.folder, seconds=900, environment={"PYTHONPATH": paths})
    told = json.loads(ran.stdout) if ran.code == 0 else {}
    board, event, growth = (float(told.get(name, "inf")) for name in ("board_ms", "event_ms", "growth_mib"))
    yield Row(
        work=f"a board of {told.get('clocks', 0):,} clocks in {incidents:,} incidents, by the API",
        yardstick=NO_YARDSTICK, ours=f"{board:.0f} ms of CPU", figure=f"{board:.0f} ms",
        goal=f"<= {BOARD_MS} ms of CPU", is_met=board <= BOARD_MS,
    )  # fmt: skip
    yield Row(
        work=f"one event recorded by the API, in a store of {incidents:,} incidents", yardstick=NO_YARDSTICK,
        ours=f"{event:.0f} ms of CPU", figure=f"{event:.0f} ms", goal=f"<= {EVENT_MS} ms of CPU",
        is_met=event <= EVENT_MS,
    )  # fmt: skip
    yield Row(
        work=f"{STREAMS} open streams of the API, each sent {EVENTS} events more", yardstick=NO_YARDSTICK,
        ours=f"{growth:.1f} MiB more", figure=f"{growth:.1f} MiB", goal=f"<= {FLAT_MIB} MiB more",
        is_met=growth <= FLAT_MIB,
    )  # fmt: skip
