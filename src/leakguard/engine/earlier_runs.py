"""What earlier runs know of the stores that a plan may reach, loaded once and shared by all processes of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from sys import intern

from leakguard.checks.definitions import CheckDefinition
from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.findings import host_of, place_of
from leakguard.models.glances import CheckHistory
from leakguard.models.targets import Endpoint
from leakguard.ports import ScanStore
from leakguard.scanning.plan import Plan

FEW = 16
"""The most hosts of a plan that are queried by name; for a larger plan, everything that was seen is read."""
CheckedStore = tuple[str, str]
"""A check id, and the key of a store from `models.findings.place_of`."""


def checked_store(endpoint: Endpoint, definition: CheckDefinition, inside: str | None) -> CheckedStore:
    """The `CheckedStore` of a verdict, which is the same from run to run; `inside` as in `CheckResult.inside`."""
    return definition.id, place_of(endpoint.address, endpoint.port, endpoint.host, inside or "")


class EarlierRuns(Frozen):
    """What all earlier runs know."""

    first_open_at: Mapping[CheckedStore, datetime] = frozen_field(default_factory=dict)
    """When each check first found each store open."""
    most_records: Mapping[CheckedStore, int] = frozen_field(default_factory=dict)
    """The most records that each check saw in each store; stores without a known size are missing."""
    open_endpoints: frozenset[str] = frozenset()
    """The keys of endpoints that were open; see `models.targets.endpoint_key`."""


def earlier_at(plan: Plan, store: ScanStore) -> EarlierRuns:
    """What is known of the stores at the hosts of a plan."""
    hosts = plan.hosts(FEW)
    return gathered(glance for glance in store.seen(hosts) if hosts or plan.may_have(host_of(glance.place)))


def gathered(glances: Iterable[CheckHistory]) -> EarlierRuns:
    """What was seen, merged by `CheckedStore`: a name may lead to several addresses."""
    first: dict[CheckedStore, datetime] = {}
    most: dict[CheckedStore, int] = {}
    endpoints = set[str]()
    for glance in glances:
        key = (intern(glance.check_id), glance.place)
        if glance.first_open_at is not None:
            first[key] = min(first.get(key, glance.first_open_at), glance.first_open_at)
            # If both are equal, the same string object is used, which saves memory.
            endpoints.add(glance.place if glance.place == glance.endpoint else glance.endpoint)
        if glance.most_records is not None:
            most[key] = max(most.get(key, 0), glance.most_records)
    return EarlierRuns(first_open_at=first, most_records=most, open_endpoints=frozenset(endpoints))
