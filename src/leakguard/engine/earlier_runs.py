"""What earlier runs know of the places of a plan, loaded once and shared by all processes of a run."""

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
"""The most hosts of a plan that are queried by name; for a larger plan, all places of the store are read."""
Place = tuple[str, str]
"""A check and a place; see `models.findings.place_of`."""


class Earlier(Frozen):
    """What all earlier runs know."""

    first_open_at: Mapping[Place, datetime] = frozen_field(default_factory=dict)
    """When each check first found each place open."""
    most_records: Mapping[Place, int] = frozen_field(default_factory=dict)
    """The most records that each check saw at each place; places without a known size are missing."""
    open_endpoints: frozenset[str] = frozenset()
    """The keys of endpoints that were open; see `models.targets.endpoint_key`."""


def earlier_at(plan: Plan, store: ScanStore) -> Earlier:
    """What the store knows of a plan's places, without those of other networks."""
    hosts = plan.hosts(FEW)
    return gathered(one for one in store.seen(hosts) if hosts or plan.may_have(host_of(one.place)))


def gathered(seen: Iterable[Seen]) -> Earlier:
    """What was seen, merged by check and place: a name may lead to several addresses."""
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
