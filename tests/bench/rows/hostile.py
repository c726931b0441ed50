"""Rows: fourteen hosts that misbehave, all at once: time, memory, stalls, calls that leave the scope."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.hostile_rig import HOSTS, hostile_hosts
from bench.house import House, address
from bench.measured import NO_YARDSTICK, Row
from bench.processes import Series
from bench.scans import Scan
from leakguard.probes.timeouts import Timeouts

PORT = 9200
FIRST = "127.80.0.10"
RUNS = 3
"""A deadline lasts as long as it says, so more runs only take time."""
MOST_MIB = 96.0
GRACE = 1.0
CHECKS = {"the Elasticsearch check": "elasticsearch_open", "all checks": ""}
_STALL = re.compile(r"took ([\d.]+) seconds")


def rows(house: House) -> Iterator[Row]:
    """First as the peers were asked, with one product in mind; then with all checks, as a user scans."""
    with hostile_hosts(FIRST, PORT) as canary:
        for name, checks in CHECKS.items():
            yield _time(name, [_scan(house, checks) for _ in range(min(house.runs, RUNS))])
        stalls = _stalls(_scan(house, "", environment={"PYTHONASYNCIODEBUG": "1"}))
    yield stalls
    yield Row(
        work="calls of the host outside the scope that one of them redirects to",
        yardstick=NO_YARDSTICK,
        ours=f"{canary.called}", figure=f"{canary.called}", goal="0", is_met=not canary.called,
    )  # fmt: skip


def _scan(house: House, checks: str, *, environment: dict[str, str] | None = None) -> Scan:
    targets = [f"{address(FIRST, place)}:{PORT}" for place in range(HOSTS)]
    include = [address(FIRST, place) for place in range(HOSTS)]
    return house.tool.scan(*targets, checks=checks, seconds=120, include=include, environment=environment)


def _time(name: str, scans: list[Scan]) -> Row:
    series = Series(runs=tuple(scan.ran for scan in scans))
    opened = sorted(
        {finding["address"] for scan in scans for finding in scan.findings if finding["outcome"] == "exposed"}
    )
    sums = all(scan.covers(HOSTS) for scan in scans)
    slowest, most = max(ran.wall for ran in series.runs), _deadline() + GRACE
    return Row(
        work=f"{HOSTS} hostile hosts at once, {name}",
        yardstick=NO_YARDSTICK,
        ours=f"{series.words}, {series.peak_mib:.0f} MiB; {len(opened)} reported open; "
        f"every endpoint accounted for: {'yes' if sums else 'no'}",
        figure=f"{slowest:.1f} s and {series.peak_mib:.0f} MiB, the worst run",
        goal=f"<= {most:g} s (deadline of a host + 1 s) and {MOST_MIB:g} MiB, none open",
        is_met=slowest <= most and series.peak_mib <= MOST_MIB and not opened and sums,
    )


def _deadline() -> float:
    """Seconds that a host may take in all: of its endpoint, or of a session in releases that know no other."""
    timeouts = Timeouts()
    return float(getattr(timeouts, "endpoint", timeouts.target))


def _stalls(scan: Scan) -> Row:
    """What asyncio itself reports when it is asked to watch its callbacks; that slows them down."""
    stalls = [float(seconds) for seconds in _STALL.findall(scan.ran.stderr)]
    longest = f"{max(stalls) * 1000:.0f} ms" if stalls else "none"
    return Row(
        work="stalls of the event loop over 100 ms meanwhile, as asyncio's debug mode tells them",
        yardstick=NO_YARDSTICK,
        ours=f"{len(stalls)}, the longest: {longest}",
        figure=f"{len(stalls)}",
        goal="0",
        is_met=not stalls and scan.covers(HOSTS),
    )
