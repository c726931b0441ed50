"""Earlier runs: what they know of the places of a plan, held once for all who ask and shared by all processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from sys import intern

from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.findings import host_of
from leakguard.models.glances import Seen
from leakguard.ports import ScanStore
from leakguard.scanning.plan import Plan

FEW = 16
"""Hosts of a plan that the store is asked for by name; of a larger one it is asked for all places that it knows."""
Place = tuple[str, str]
"""A check and a place; see `models.findings.place_of`."""


class Earlier(Frozen):
    """What all earlier runs know."""

    first_open_at: Mapping[Place, datetime] = frozen_field(default_factory=dict)
    """When each check first found each place open."""
    most_records: Mapping[Place, int] = frozen_field(default_factory=dict)
    """How much each check saw at most at each place; there are no others of which a size is known."""
    open_endpoints: frozenset[str] = frozenset()
    """The keys of endpoints that were open; see `models.targets.endpoint_key`."""


def earlier_at(plan: Plan, store: ScanStore) -> Earlier:
    """What is known of a plan's places: a store may hold the history of many other networks."""
    hosts = plan.hosts(FEW)
    return gathered(one for one in store.seen(hosts) if hosts or plan.may_have(host_of(one.place)))


def gathered(seen: Iterable[Seen]) -> Earlier:
    """All of it, each place once: a name may lead to several addresses."""
    first: dict[Place, datetime] = {}
    most: dict[Place, int] = {}
    endpoints = set[str]()
    for one in seen:
        key = (intern(one.check_id), one.place)
        if one.first_open_at is not None:
            first[key] = min(first.get(key, one.first_open_at), one.first_open_at)
            endpoints.add(one.place if one.place == one.endpoint else one.endpoint)  # one text is enough for both
        if one.most_records is not None:
            most[key] = max(most.get(key, 0), one.most_records)
    return Earlier(first_open_at=first, most_records=most, open_endpoints=frozenset(endpoints))
