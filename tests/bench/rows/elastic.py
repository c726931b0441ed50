"""Rows: 32,768 open Elasticsearch, each to be told with its documents, its bytes and its own cluster id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench import yardsticks
from bench.house import House, network
from bench.measured import NO_GOAL, Beside, Row, Told, calibration, compared
from bench.processes import Ran, Series, in_turn, run
from bench.rig import Counters, cluster

FULL = 32_768
PORT = 9200
FIRST = "127.64.0.0"
SMALL_LIMIT = 256
WORKERS = 2
"""What the tool takes by itself for so many; nuclei uses both cores too."""
USUAL = "two workers, usual file limit"
SMALL = f"two workers, file limit {SMALL_LIMIT}"
LIMITS = {USUAL: None, SMALL: SMALL_LIMIT}
MOST_REQUESTS = 3.0
MOST_MIB = 64.0
TALKS = "the conversations alone"
NMAP_HOSTS = 16
"""As many as fit into ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One scan of all clusters, and what they were asked meanwhile."""

    ran: Ran
    right: int
    """Clusters that were reported exposed with exactly their own figures."""
    is_whole: bool
    """Whether every endpoint was accounted for."""
    asked: Mapping[str, int]


def is_right(finding: Mapping[str, Any]) -> bool:
    """Whether a finding says of a cluster of the rig what is true of it."""
    size, wanted = finding["size"] or {}, cluster(finding["address"])
    told = {"records": size.get("records"), "bytes": size.get("bytes"), "cluster_id": finding["cluster_id"]}
    return finding["outcome"] == "exposed" and told == wanted


def rows(house: House) -> Iterator[Told]:
    """Time against what is published, then completeness, requests and memory; at both file limits."""
    count = house.many(FULL)
    proofs: dict[str, list[Proof]] = {name: [] for name in LIMITS}
    with house.rig.elastic(PORT) as counters:
        ours = {name: _contender(house, counters, proofs[name], LIMITS[name]) for name in LIMITS}
        series = in_turn({**ours, TALKS: lambda: _talks(house), **house.calibrator()}, house.runs)
        versions = _nmap_rate(house)
    factor = house.factor(series)
    for name, made in ((name, series[name]) for name in LIMITS):
        is_whole = all(proof.right == count for proof in proofs[name])
        work = f"{count:,} open Elasticsearch, {name}"
        yield _against(work, made, count, "nuclei tuned, published", yardsticks.NUCLEI_TUNED, 0.30, is_whole, factor)
        yield _against(work, made, count, "nuclei default, published", yardsticks.NUCLEI_DEFAULT, 0.03, is_whole, None)
        yield _against(work, made, count, *versions, 0.02, is_whole, None)
        yield _completeness(name, proofs[name], count)
    yield _alone(series[TALKS], series[USUAL], count)
    yield _requests(proofs[USUAL], count)
    yield _memory([proof.ran for made in proofs.values() for proof in made], count)
    yield from _beside(series[USUAL], count, factor)


def _contender(house: House, counters: Counters, proofs: list[Proof], limit: int | None) -> Callable[[], Ran]:
    def contend() -> Ran:
        before, count = counters.read(), house.many(FULL)
        target = f"{network(FIRST, count)}:{PORT}"
        scan = house.tool.scan(target, limit=limit, seconds=120, more=house.tool.workers(WORKERS) or ())
        asked = {key: count - before[key] for key, count in counters.read().items()}
        right = len({finding["target"] for finding in scan.findings if is_right(finding)})
        proofs.append(Proof(ran=scan.ran, right=right, is_whole=scan.covers(count), asked=asked))
        return scan.ran

    return contend


def _talks(house: House) -> Ran:
    """The conversations without a tool behind them."""
    command = house.rig.asking(PORT, first=FIRST, count=house.many(FULL), processes=WORKERS)
    return run(command, folder=house.folder, seconds=60)


def _alone(talks: Series, ours: Series, count: int) -> Row:
    """What the machine needs for connections, questions and answers, our rig's side included."""
    return Row(
        work=f"the conversations with {count:,} open Elasticsearch alone, by a client in C that makes nothing of them",
        yardstick="-", ours=talks.words, figure=f"{talks.seconds / ours.seconds:.3g} of the scan", goal=NO_GOAL,
    )  # fmt: skip


def _nmap_rate(house: House) -> tuple[str, float]:
    """Hosts a second of `nmap -sV`: on a few of the same hosts, or as published where that is faster."""
    published = ("`nmap -sV`, published", yardsticks.NMAP_VERSIONS)
    if house.nmap is None:
        return published
    ran = house.nmap.versions(network(FIRST, NMAP_HOSTS), PORT, folder=house.folder)
    rate = 0.0 if ran.is_late or ran.code else NMAP_HOSTS / ran.wall
    return max(published, (f"`nmap -sV`, measured on {NMAP_HOSTS}", rate), key=lambda each: each[1])


def _against(
    work: str,
    series: Series,
    count: int,
    name: str,
    rate: float,
    most: float,
    is_whole: bool,  # noqa: FBT001  (as above)
    factor: float | None,
) -> Row:
    """Our time against the one that a peer needs at its rate; what a limit or a time-out sets has no `factor`."""
    seconds = count / rate
    return compared(
        work=work, yardstick=f"{name}: {rate:,.1f}/s, so {seconds:,.1f} s", ours=series.words,
        ratio=series.seconds / seconds, most=most, is_whole=is_whole,
        calibrated=calibration(seconds, series.seconds, factor),
    )  # fmt: skip


def _beside(series: Series, count: int, factor: float | None) -> Iterator[Beside]:
    """At the same rate, since not all of the peers were given as many."""
    for peer, seconds, targets, found in yardsticks.PROOF_PEERS if count == FULL else ():
        yield Beside(
            work=f"{count:,} open Elasticsearch, verdict with figures", peer=peer,
            published=f"{seconds} s for {targets:,}, {found}", ours=series.words,
            ratio=(series.seconds / count) / (seconds / targets), factor=factor,
        )  # fmt: skip


def _completeness(name: str, proofs: list[Proof], count: int) -> Row:
    right = min(proof.right for proof in proofs)
    sums = all(proof.is_whole for proof in proofs)
    return Row(
        work=f"of them told with their own count, bytes and id, {name}, worst of {len(proofs)}",
        yardstick="nuclei tuned, published: 61 %, no figures",
        ours=f"{right:,} of {count:,}; every endpoint accounted for: {'yes' if sums else 'no'}",
        figure=f"{right / count:.1%}",
        goal="100 %",
        is_met=right == count and sums,
    )


def _requests(proofs: list[Proof], count: int) -> Row:
    each = max(proof.asked["requests"] for proof in proofs) / count
    reads = max(proof.asked["content_reads"] + proof.asked["writes"] for proof in proofs)
    lines = max(proof.asked["connections"] for proof in proofs) / count
    return Row(
        work="requests a verdict, and requests that read or change contents",
        yardstick="nuclei: 1 or more, no figures",
        ours=f"{each:.2f} requests over {lines:.2f} connections, {reads} of the other kind",
        figure=f"{each:.2f} and {reads}",
        goal=f"<= {MOST_REQUESTS:g} and 0",
        is_met=each <= MOST_REQUESTS and not reads,
    )


def _memory(rans: list[Ran], count: int) -> Row:
    peak = max(ran.peak_mib for ran in rans)
    return Row(
        work=f"peak memory of any process at {count:,} exposed endpoints",
        yardstick="nuclei tuned, published: 1,442 MiB",
        ours=f"{peak:.0f} MiB", figure=f"{peak:.0f} MiB", goal=f"<= {MOST_MIB:g} MiB a worker", is_met=peak <= MOST_MIB,
    )  # fmt: skip
