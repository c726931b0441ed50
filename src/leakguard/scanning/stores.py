"""Stores: one datastore behind many addresses, known by its own id, folded so that nothing is counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from leakguard.models.findings import Finding, Severity, Size
from leakguard.scanning.diff import OPEN
from leakguard.scanning.traits import DRIFT, SHORTEST_ID

_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One store and the ways into it, in the order in which they were found; never without one."""

    ways: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The way in that is worst, with the largest size that any of them states."""
        worst = max(self.ways, key=lambda way: (_SEVERITIES.index(way.verdict.severity), _weight(way)))
        largest = max(self.ways, key=_weight).verdict.size
        return replace(worst, verdict=replace(worst.verdict, size=largest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What lies open, each store counted once."""

    stores: int = 0
    records: int = 0
    bytes: int = 0
    unsized: int = 0
    """Stores that state no number of records, so that the sum is a lower bound."""


def stores_of(findings: Iterable[Finding]) -> tuple[Store, ...]:
    """Open findings of one cluster together, every other finding alone; in order.

    An id alone does not make a cluster: etcd derives its own from its settings, and many have the default ones.
    """
    found: list[list[Finding]] = []
    by_id: dict[tuple[str, ...], list[list[Finding]]] = {}
    for finding in findings:
        known = by_id.setdefault(_key(finding), [])
        ways = next((each for each in known if _agree(each[0], finding)), None)
        if ways is None:
            ways = []
            known.append(ways)
            found.append(ways)
        ways.append(finding)
    return tuple(Store(ways=tuple(ways)) for ways in found)


def total_of(stores: Sequence[Store]) -> Total:
    """The sum over the open ones."""
    opened = [store for store in stores if store.worst.verdict.outcome in OPEN]
    sizes = [store.worst.verdict.size or Size() for store in opened]
    return Total(
        stores=len(opened),
        records=sum(size.records or 0 for size in sizes),
        bytes=sum(size.bytes or 0 for size in sizes),
        unsized=sum(size.records is None for size in sizes),
    )


def _key(finding: Finding) -> tuple[str, ...]:
    cluster = finding.verdict.cluster_id or ""
    is_open = finding.verdict.outcome in OPEN
    return (finding.datastore, cluster) if is_open and len(cluster) >= SHORTEST_ID else (finding.id,)


def _agree(one: Finding, other: Finding) -> bool:
    """Whether two findings with one id can be one store. From one run to the next it may change as it likes."""
    if one.run != other.run:
        return True
    first, second = _records(one), _records(other)
    alike = first is None or second is None or abs(first - second) <= max(1, max(first, second) // DRIFT)
    return alike and one.verdict.version == other.verdict.version


def _records(finding: Finding) -> int | None:
    return finding.verdict.size.records if finding.verdict.size else None


def _weight(finding: Finding) -> tuple[int, int]:
    size = finding.verdict.size or Size()
    return size.records or 0, size.bytes or 0
