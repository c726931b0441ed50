"""Row: one tar-pit among a thousand good hosts must not keep the others' findings waiting."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from bench.house import House, address, network
from bench.measured import NO_YARDSTICK, Row
from bench.processes import spread
from bench.scans import Scan

FULL = 1_024
PORTS = {"without": 9200, "with": 9201}
"""Two rigs at once, so that both runs have the same neighbours; the check of Elasticsearch names both ports."""
FIRST = "127.64.0.0"
PLACE = 77
MOST = 1.05


def rows(house: House) -> Iterator[Row]:
    """The moment of the last good finding, with the tar-pit and without it."""
    count = house.many(FULL)
    scans: dict[str, list[Scan]] = {name: [] for name in PORTS}
    pit = address(FIRST, PLACE % count)
    with house.rig.elastic(PORTS["without"]), house.rig.elastic(PORTS["with"], tarpit=pit):
        for turn in range(house.runs + 1):
            for name, port in PORTS.items():
                scan = house.tool.scan(f"{network(FIRST, count)}:{port}", seconds=120, more=house.tool.workers(1) or ())
                scans[name] += [scan] if turn else []
    yield _row(scans, count)


def _row(scans: dict[str, list[Scan]], count: int) -> Row:
    last = {name: [scan.arrivals[-1] for scan in made if scan.arrivals] for name, made in scans.items()}
    good = {name: min(len(scan.arrivals) for scan in made) for name, made in scans.items()}
    work = f"one tar-pit among {count - 1:,} good hosts: when the last good one was found"
    if not all(last.values()):
        return Row(
            work=work, yardstick=NO_YARDSTICK, ours="nothing was found", figure="-", goal=f"<= {MOST:g}", is_met=False
        )
    ratio = statistics.median(last["with"]) / statistics.median(last["without"])
    return Row(
        work=work,
        yardstick=f"the same run without it: {spread(last['without'], 's')}, {good['without']:,} found",
        ours=f"{spread(last['with'], 's')}, {good['with']:,} found",
        figure=f"{ratio:.3g}",
        goal=f"<= {MOST:g} of its time",
        is_met=ratio <= MOST and good == {"without": count, "with": count - 1},
    )
