"""The growth curve: closed endpoints from a thousand to a million or ten, their time and the peak of memory."""

from __future__ import annotations

from collections.abc import Iterator

from bench.house import House, network
from bench.measured import NO_YARDSTICK, Point, Row, Told

PORT = 9243
"""Nobody listens there."""
FIRST = "127.0.0.0"
SIZES = (1_024, 16_384, 131_072, 1_048_576)
HUGE_PORTS = "60000-60009"
"""Ten ports of the largest size: ten million endpoints."""
SECONDS = 600.0
MOST_MIB = 64.0
FLAT = 1.15
"""The largest run may need this much of the smallest one's memory: its pages are never quite the same."""


def rows(house: House) -> Iterator[Told]:
    """One point a size, the smallest first; then whether memory stayed flat."""
    points = [_point(house, house.many(size), str(PORT), 1) for size in SIZES]
    if house.is_huge:
        points.append(_point(house, house.many(SIZES[-1]), HUGE_PORTS, 10))
    yield from points
    smallest, largest = points[0].peak_mib, max(point.peak_mib for point in points)
    yield Row(
        work=f"peak memory of any process, {points[0].endpoints:,} to {points[-1].endpoints:,} closed endpoints",
        yardstick=NO_YARDSTICK,
        ours=f"{smallest:.0f} to {largest:.0f} MiB",
        figure=f"{largest:.0f} MiB, {largest / smallest:.2f} of the smallest",
        goal=f"<= {MOST_MIB:g} MiB and flat (<= {FLAT:g})",
        is_met=largest <= MOST_MIB and largest / smallest <= FLAT and not points[-1].is_late,
    )
    done = [point for point in points if not point.is_late]
    rates = [point.endpoints / point.seconds for point in done]
    yield Row(
        work="closed endpoints a second, the largest size against the fastest",
        yardstick=NO_YARDSTICK,
        ours=", ".join(f"{rate:,.0f}/s" for rate in rates),
        figure=f"{rates[-1] / max(rates):.2f}" if rates else "-",
        goal=">= 0.9 (no slowing down with size)",
        is_met=len(done) == len(points) and rates[-1] / max(rates) >= 0.9,
    )


def _point(house: House, addresses: int, ports: str, many_ports: int) -> Point:
    more = house.tool.workers(1) or ()
    scan = house.tool.scan(f"{network(FIRST, addresses)}:{ports}", seconds=SECONDS, more=more)
    count = addresses * many_ports
    is_wrong = not scan.covers(count) or scan.counts.get("closed") != count
    return Point(
        endpoints=count, seconds=scan.ran.wall, peak_mib=scan.ran.peak_mib, is_late=scan.ran.is_late or is_wrong
    )  # fmt: skip
