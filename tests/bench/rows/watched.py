"""Rows: scans watched with a packet recorder: nothing leaves the scope, and nobody is called faster than it says."""

from __future__ import annotations

import bisect
import contextlib
import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from bench.hostile_rig import hostile_hosts
from bench.house import House, address, network
from bench.measured import NO_YARDSTICK, Row
from bench.recorder import Begun, Record, recording
from bench.scans import Scan

ELASTIC_PORT, PLAIN_PORT, SILENT_PORT, HOSTILE_PORT = 9200, 9201, 9243, 9205
PORTS = (ELASTIC_PORT, PLAIN_PORT, SILENT_PORT, HOSTILE_PORT)
FIRST = "127.64.0.0"
FULL = 1_024
HOSTILE_PLACE = 20
"""From the end of the network on, so that the canary, to which one of them redirects, lies behind it."""
POLITE = 256
TOTAL, PER_HOST = 200, 2
BURST = 1.1
"""A second as the scanner counts it and one as the kernel counts it begin at different moments."""


def rows(house: House) -> Iterator[Row]:
    """One scan of everything that the rig has, and a slow one whose pace is counted."""
    yield from _inside(house)
    yield from _polite(house)


def _inside(house: House) -> Iterator[Row]:
    count = house.many(FULL)
    include = [network(FIRST, count)]
    targets = [f"{include[0]}:{','.join(map(str, PORTS))}"]
    with contextlib.ExitStack() as stack:
        stack.enter_context(house.rig.elastic(ELASTIC_PORT))
        stack.enter_context(house.rig.plain(PLAIN_PORT, first=address(FIRST, 50), count=count // 100, step=100))
        stack.enter_context(house.rig.silent(SILENT_PORT))
        canary = stack.enter_context(hostile_hosts(address(FIRST, count - HOSTILE_PLACE), HOSTILE_PORT))
        record = stack.enter_context(recording(house.folder))
        scan = house.tool.scan(*targets, include=include, seconds=240, more=house.tool.timeout(1))
    yield _left(record, include, count)
    yield _accounted(scan, count * len(PORTS), canary.called)


def _left(record: Record, include: Sequence[str], count: int) -> Row:
    nets = [ipaddress.ip_network(each) for each in include]
    outside = {
        (packet.protocol, packet.address, packet.port)
        for packet in record.packets
        if packet.protocol != "tcp"
        or packet.port not in PORTS
        or not any(ipaddress.ip_address(packet.address) in net for net in nets)
    }
    asked = {(packet.address, packet.port) for packet in record.packets}
    return Row(
        work=f"packets of a scan of {count * len(PORTS):,} open, hostile, silent and closed endpoints, as recorded",
        yardstick=NO_YARDSTICK,
        ours=f"{len(record.packets):,} packets that began something, to {len(asked):,} endpoints; "
        f"{record.lost} packets missed by the recorder",
        figure=f"{len(outside)} out of scope",
        goal="0, and every endpoint was asked",
        is_met=not outside and len(asked) == count * len(PORTS) and not record.lost,
    )


def _accounted(scan: Scan, endpoints: int, strays: int) -> Row:
    parts = ", ".join(f"{count:,} {name}" for name, count in scan.counts.items() if name != "sum")
    unfinished = scan.counts.get("not checked", 0)
    return Row(
        work="accounting of the same scan: every endpoint in exactly one state, and the sum is printed",
        yardstick=NO_YARDSTICK,
        ours=f"{parts}; exit code {scan.ran.code}; {strays} calls of a host outside",
        figure=f"{scan.counts.get('sum', 0):,} of {endpoints:,}",
        goal="the sum is that of the endpoints",
        is_met=scan.covers(endpoints) and not strays and (scan.ran.code == 1 or unfinished > 0),
    )


def _polite(house: House) -> Iterator[Row]:
    limits = f"{{total: {TOTAL}/s, per_host: {PER_HOST}/s, per_network: {TOTAL}/s}}"
    if "per_network" not in house.tool.limits:
        limits = f"{{total: {TOTAL}/s, per_host: {PER_HOST}/s}}"
    for many in (1, 2):
        words = house.tool.workers(many)
        if words is None:
            continue
        with house.rig.elastic(ELASTIC_PORT), recording(house.folder) as record:
            target = f"{network(FIRST, POLITE)}:{ELASTIC_PORT},{PLAIN_PORT},{SILENT_PORT},{HOSTILE_PORT}"
            house.tool.scan(target, seconds=60, limits=limits, more=words)
        yield _pace(record, many)


def _pace(record: Record, many: int) -> Row:
    by_host: dict[str, list[float]] = defaultdict(list)
    for packet in record.packets:
        by_host[packet.address].append(packet.at)
    total = most_in_a_second([packet.at for packet in record.packets])
    host = max((most_in_a_second(times) for times in by_host.values()), default=0)
    return Row(
        work=f"pace of a scan limited to {TOTAL}/s in total and {PER_HOST}/s a host, {many} worker(s)",
        yardstick=NO_YARDSTICK,
        ours=f"{len(record.packets):,} calls in {_span(record.packets):.1f} s",
        figure=f"{total} and {host} in the busiest second",
        goal=f"<= {TOTAL} and {PER_HOST}, give or take a tenth or one",
        is_met=bool(record.packets) and total <= TOTAL * BURST and host <= PER_HOST + 1,
    )


def _span(packets: Sequence[Begun]) -> float:
    return max(packet.at for packet in packets) - min(packet.at for packet in packets) if packets else 0.0


def most_in_a_second(times: Iterable[float]) -> int:
    """How many moments lie in the fullest second, wherever it begins."""
    ordered = sorted(times)
    return max((bisect.bisect_left(ordered, at + 1.0) - place for place, at in enumerate(ordered)), default=0)
