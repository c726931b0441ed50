"""Rows: 32,768 open Elasticsearch, each to be told with its documents, its bytes and its own cluster id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.house import House, address, network
from bench.measured import NO_GOAL, NO_YARDSTICK, Row, compared, not_measured
from bench.processes import Ran, Series, in_turn, run
from bench.rig import Counters, cluster
from bench.yardsticks import Nuclei

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
MOST_OF_NUCLEI = 0.30
MOST_OF_NMAP = 0.02
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


def rows(house: House) -> Iterator[Row]:
    """Time beside nuclei and nmap, then completeness, requests and memory; at both file limits."""
    count = house.many(FULL)
    proofs: dict[str, list[Proof]] = {name: [] for name in LIMITS}
    with house.rig.elastic(PORT) as counters:
        ours = {name: _contender(house, counters, proofs[name], LIMITS[name]) for name in LIMITS}
        peers = {f"nuclei, {name}": _nuclei(house, house.nuclei, LIMITS[name]) for name in LIMITS if house.nuclei}
        series = in_turn({**ours, TALKS: lambda: _talks(house), **peers}, house.runs)
        versions = _nmap_rate(house)
    for name in LIMITS:
        is_whole = all(proof.right == count for proof in proofs[name])
        work = f"{count:,} open Elasticsearch, {name}"
        peer = series.get(f"nuclei, {name}")
        yield _beside_nuclei(work, series[name], peer, house.nuclei, count, is_whole=is_whole)
        yield _beside_nmap(work, series[name], versions, count, is_whole=is_whole)
        yield _completeness(name, proofs[name], _found(house.nuclei, peer, count), count)
    yield _alone(series[TALKS], series[USUAL], count)
    yield _requests(proofs[USUAL], count)
    yield _memory([proof.ran for made in proofs.values() for proof in made], series.get(f"nuclei, {USUAL}"), count)


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
        yardstick=NO_YARDSTICK, ours=talks.words, figure=f"{talks.seconds / ours.seconds:.3g} of the scan",
        goal=NO_GOAL,
    )  # fmt: skip


def _nuclei(house: House, nuclei: Nuclei, limit: int | None) -> Callable[[], Ran]:
    urls = [f"http://{address(FIRST, place)}:{PORT}" for place in range(house.many(FULL))]
    return lambda: nuclei.elastic(urls, folder=house.folder, limit=limit)


def _nmap_rate(house: House) -> float | None:
    """Hosts a second of `nmap -sV`, on a few of the same hosts."""
    if house.nmap is None:
        return None
    ran = house.nmap.versions(network(FIRST, NMAP_HOSTS), PORT, folder=house.folder)
    return None if ran.is_late or ran.code else NMAP_HOSTS / ran.wall


def _beside_nuclei(
    work: str, ours: Series, peer: Series | None, nuclei: Nuclei | None, count: int, *, is_whole: bool
) -> Row:  # fmt: skip
    if peer is None or any(ran.code for ran in peer.runs):
        return not_measured(work, f"<= {MOST_OF_NUCLEI:g} of its time", f"{ours.words}; nuclei did not run here")
    return compared(
        work=work, yardstick=f"nuclei tuned: {peer.words}, {_found(nuclei, peer, count)}", ours=ours.words,
        ratio=ours.seconds / peer.seconds, most=MOST_OF_NUCLEI, is_whole=is_whole,
    )  # fmt: skip


def _beside_nmap(work: str, ours: Series, rate: float | None, count: int, *, is_whole: bool) -> Row:
    """Our whole run against as many hosts of nmap at its rate: all of them would take it hours."""
    if rate is None:
        return not_measured(work, f"<= {MOST_OF_NMAP:g} of its time", f"{ours.words}; nmap did not run here")
    seconds = count / rate
    return compared(
        work=work, yardstick=f"`nmap -sV`: {rate:,.1f} hosts a second, on {NMAP_HOSTS} of them", ours=ours.words,
        ratio=ours.seconds / seconds, most=MOST_OF_NMAP, is_whole=is_whole,
    )  # fmt: skip


def _found(nuclei: Nuclei | None, peer: Series | None, count: int) -> str:
    """What nuclei reported of them in its worst run."""
    if nuclei is None or peer is None:
        return NO_YARDSTICK
    least = min(nuclei.found(ran) for ran in peer.runs)
    return f"{least:,} of {count:,} found, no figures"


def _completeness(name: str, proofs: list[Proof], yardstick: str, count: int) -> Row:
    right = min(proof.right for proof in proofs)
    sums = all(proof.is_whole for proof in proofs)
    return Row(
        work=f"of them told with their own count, bytes and id, {name}, worst of {len(proofs)}",
        yardstick=yardstick if yardstick == NO_YARDSTICK else f"nuclei tuned: {yardstick}",
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
        yardstick=NO_YARDSTICK,
        ours=f"{each:.2f} requests over {lines:.2f} connections, {reads} of the other kind",
        figure=f"{each:.2f} and {reads}",
        goal=f"<= {MOST_REQUESTS:g} and 0",
        is_met=each <= MOST_REQUESTS and not reads,
    )


def _memory(rans: list[Ran], peer: Series | None, count: int) -> Row:
    peak = max(ran.peak_mib for ran in rans)
    return Row(
        work=f"peak memory of any process at {count:,} exposed endpoints",
        yardstick=f"nuclei tuned: {peer.peak_mib:,.0f} MiB" if peer else NO_YARDSTICK,
        ours=f"{peak:.0f} MiB", figure=f"{peak:.0f} MiB", goal=f"<= {MOST_MIB:g} MiB a worker", is_met=peak <= MOST_MIB,
    )  # fmt: skip
