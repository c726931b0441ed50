"""Stores: one datastore behind many addresses, known by its own id, folded so that nothing is counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from leakguard.frozen import Frozen
from leakguard.models.findings import Finding, Severity
from leakguard.models.glances import Glance, glance_of
from leakguard.scanning.exposure_summary import SHORTEST_ID, agree

_SEVERITIES = {severity: position for position, severity in enumerate(Severity)}


class AccessPath(NamedTuple):
    """One way into a store; thousands of them may lead into one."""

    id: str
    """Of the finding."""
    place: str
    target: str


class Store(Frozen):
    """One store and the ways into it, in the order in which they were found; never without one."""

    worst: Glance
    """The way in that is worst, with the largest size that any of them states."""
    ways: tuple[AccessPath, ...]


class Total(Frozen):
    """What lies open, each store counted once."""

    stores: int = 0
    records: int = 0
    bytes: int = 0
    unsized: int = 0
    """Stores that state no number of records, so that the sum is a lower bound."""
    without_bytes: int = 0
    """Likewise for bytes."""

    def plus(self, store: Store) -> Total:
        """With one store more; one that is not open changes nothing."""
        worst = store.worst
        if not worst.is_open:
            return self
        return Total(
            stores=self.stores + 1,
            records=self.records + (worst.records or 0),
            bytes=self.bytes + (worst.bytes or 0),
            unsized=self.unsized + (worst.records is None),
            without_bytes=self.without_bytes + (worst.bytes is None),
        )


def folded(glances: Iterable[Glance]) -> Iterator[Store]:
    """Open findings of one cluster together, every other finding alone.

    Those with the same datastore and cluster id must come one behind the other, and only these are held at once.
    An id alone does not make a cluster: etcd derives its own from its settings, and many have the default ones.
    """
    for _, group in groupby(glances, key=_cluster):
        found: list[_AccessPaths] = []
        for glance in group:
            if not glance.is_open or len(glance.cluster_id or "") < SHORTEST_ID:
                yield Store(worst=glance, ways=(AccessPath(glance.id, glance.place, glance.target),))
                continue
            ways = next((each for each in found if _agree(each.first, glance)), None)
            if ways is None:
                found.append(_AccessPaths(glance))
            else:
                ways.add(glance)
        yield from (ways.store() for ways in found)


def stores_of(findings: Iterable[Finding]) -> tuple[Store, ...]:
    """The stores behind some findings, in the order of their first ways."""
    glances = [glance_of(finding) for finding in findings]
    places = {glance.id: position for position, glance in reversed(list(enumerate(glances)))}
    stores = folded(sorted(glances, key=lambda glance: [part or "" for part in _cluster(glance)]))
    return tuple(sorted(stores, key=lambda store: places[store.ways[0].id]))


class _AccessPaths:
    """The ways into one store, while they are gathered."""

    def __init__(self, first: Glance) -> None:
        self.first = self._worst = self._largest = first
        self._ways = [AccessPath(first.id, first.place, first.target)]

    def add(self, glance: Glance) -> None:
        self._ways.append(AccessPath(glance.id, glance.place, glance.target))
        self._worst = max(self._worst, glance, key=_badness)
        self._largest = max(self._largest, glance, key=_weight)

    def store(self) -> Store:
        largest = self._largest
        worst = self._worst
        if largest is not worst:
            worst = worst._replace(records=largest.records, bytes=largest.bytes, is_exact=largest.is_exact)
        return Store(worst=worst, ways=tuple(self._ways))


def _cluster(glance: Glance) -> tuple[str, str | None]:
    return glance.datastore, glance.cluster_id


def _agree(glance: Glance, other: Glance) -> bool:
    """Whether two findings with one id can be one store. From one run to the next it may change as it likes."""
    return glance.run != other.run or agree(glance, other)


def _badness(glance: Glance) -> tuple[int, int, int]:
    return _SEVERITIES[glance.severity], *_weight(glance)


def _weight(glance: Glance) -> tuple[int, int]:
    return glance.records or 0, glance.bytes or 0
