"""Rows: 4,096 addresses that answer nothing, one second each, against nmap and rustscan."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.house import House, network
from bench.measured import NO_YARDSTICK, Row, compared, not_measured
from bench.processes import Ran, Series, in_turn, without_failures
from bench.scans import Scan
from bench.yardsticks import ONE_SECOND

FULL = 4_096
PORT = 9243
FIRST = "127.96.0.0"
GOALS = {"nmap": 0.20, "rustscan": 1.1}


def rows(house: House) -> Iterator[Row]:
    """One row a yardstick, and whether each endpoint was called silent."""
    count, scans = house.many(FULL), list[Scan]()
    target = network(FIRST, count)
    with house.rig.silent(PORT):
        series = without_failures(in_turn(_contenders(house, target, scans), house.runs), *GOALS)
    work = f"{count:,} silent addresses, time-out 1 s"
    if "--timeout" not in house.tool.options:
        work += " (ours longer: this release has no `--timeout`)"
    for name, goal in GOALS.items():
        yield _row(work, series, name, goal, is_whole=all(scan.covers(count) for scan in scans))
    silent = [scan.counts.get("silent", 0) for scan in scans]
    yield Row(
        work="silent addresses told as silent, worst run", yardstick=NO_YARDSTICK, ours=f"{min(silent)} of {count}",
        figure=f"{min(silent) / count:.1%}", goal="100 %", is_met=set(silent) == {count},
    )  # fmt: skip


def _contenders(house: House, target: str, scans: list[Scan]) -> dict[str, Callable[[], Ran]]:
    def ours() -> Ran:
        scans.append(house.tool.scan(f"{target}:{PORT}", seconds=120, more=house.tool.timeout(1)))
        return scans[-1].ran

    found: dict[str, Callable[[], Ran]] = {}
    if (nmap := house.nmap) is not None:
        found["nmap"] = lambda: nmap.sweep(target, PORT, folder=house.folder, more=ONE_SECOND)
    if (rustscan := house.rustscan) is not None:
        found["rustscan"] = lambda: rustscan.sweep(target, PORT, folder=house.folder)
    return {**found, "ours": ours}


def _row(work: str, series: dict[str, Series], name: str, most: float, *, is_whole: bool) -> Row:
    ours = series["ours"]
    if name not in series:
        return not_measured(work, f"<= {most:g} of its time", f"{ours.words}; {name} is not here")
    ratio = ours.seconds / series[name].seconds
    return compared(
        work=work, yardstick=f"{name}: {series[name].words}", ours=ours.words, ratio=ratio, most=most, is_whole=is_whole
    )  # fmt: skip
