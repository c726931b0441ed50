"""Rows: 65,536 endpoints of which none or one in a hundred is open, against nmap."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.house import House, network
from bench.measured import NO_YARDSTICK, Row, compared, not_measured
from bench.processes import Ran, Series, in_turn, without_failures
from bench.scans import Scan
from bench.yardsticks import found_open

FIRST, FULL = "127.32.0.0", 65_536
CLOSED_PORT, OPEN_PORT = 9243, 9201
STEP = 100
"""One address in a hundred listens: 655 of 65,536."""
GOALS = {1: 1.05, 2: 0.65}
"""Workers to the most of nmap's time."""
SMALL_LIMIT = 256
NAMES = {1: "one worker", 2: "two workers"}


def rows(house: House) -> Iterator[Row]:
    """Closed first, then sparse; then whether every open port was found."""
    count = house.many(FULL)
    yield from _timed(house, f"sweep of {count:,} closed endpoints", CLOSED_PORT, {})
    scans: dict[str, list[Scan]] = {}
    open_ports = count // STEP
    with house.rig.plain(OPEN_PORT, first="127.32.0.50", count=open_ports, step=STEP):
        work = f"sweep of {count:,} endpoints, {open_ports} of them open"
        goals = _timed(house, work, OPEN_PORT, scans)
        scans[f"file limit {SMALL_LIMIT}"] = [_scan(house, OPEN_PORT, 1, limit=SMALL_LIMIT) for _ in range(house.runs)]
    yield from goals
    for name, made in scans.items():
        yield _completeness(name, made, open_ports, count)


def _timed(house: House, work: str, port: int, scans: dict[str, list[Scan]]) -> list[Row]:
    possible = [many for many in GOALS if house.tool.workers(many) is not None]
    contenders: dict[str, Callable[[], Ran]] = {NAMES[many]: _ours(house, port, many, scans) for many in possible}
    if house.nmap:
        nmap, target = house.nmap, network(FIRST, house.many(FULL))
        contenders = {"nmap": lambda: nmap.sweep(target, port, folder=house.folder), **contenders}
    series = without_failures(in_turn(contenders, house.runs), "nmap")
    whole = {name: all(scan.covers(house.many(FULL)) for scan in made) for name, made in scans.items()}
    return [
        _row(f"{work}, {NAMES[many]}", series, NAMES[many], goal, is_whole=whole.get(NAMES[many], False))
        for many, goal in GOALS.items()
    ]


def _row(work: str, series: dict[str, Series], name: str, most: float, *, is_whole: bool) -> Row:
    goal = f"<= {most:g} of its time"
    if name not in series:
        return not_measured(work, goal, "this release has no `--workers`")
    if "nmap" not in series:
        return not_measured(work, goal, f"{series[name].words}; nmap is not here")
    nmap = series["nmap"]
    opened = f", {found_open(nmap.runs[-1])} found" if found_open(nmap.runs[-1]) else ""
    return compared(
        work=work, yardstick=f"`nmap -sT --open` tuned: {nmap.words}{opened}", ours=series[name].words,
        ratio=series[name].seconds / nmap.seconds, most=most, is_whole=is_whole,
    )  # fmt: skip


def _ours(house: House, port: int, many: int, scans: dict[str, list[Scan]]) -> Callable[[], Ran]:
    def contend() -> Ran:
        scan = _scan(house, port, many)
        scans.setdefault(NAMES[many], []).append(scan)
        return scan.ran

    return contend


def _scan(house: House, port: int, many: int, *, limit: int | None = None) -> Scan:
    target = f"{network(FIRST, house.many(FULL))}:{port}"
    return house.tool.scan(target, limit=limit, seconds=120, more=house.tool.workers(many) or ())


def _completeness(name: str, scans: list[Scan], wanted: int, endpoints: int) -> Row:
    found = [scan.open_ports for scan in scans]
    sums = all(scan.covers(endpoints) for scan in scans)
    least = min(found, default=0)
    return Row(
        work=f"open ports found, {name}, worst of {len(scans)}",
        yardstick=NO_YARDSTICK,
        ours=f"{least} of {wanted}; every endpoint accounted for: {'yes' if sums else 'no'}",
        figure=f"{least / wanted:.1%}",
        goal="100 %, and the sum is that of the endpoints",
        is_met=bool(found) and set(found) == {wanted} and sums,
    )
