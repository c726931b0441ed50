"""What earlier runs know of the data stores that a plan may reach, loaded once and shared by all processes of a run."""

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
CheckedDataStore = tuple[str, str]
"""A check id, and the key of a data store: `Finding.place`, or `place` in the history of a check."""


def checked_data_store(endpoint: Endpoint, definition: CheckDefinition, path: str | None) -> CheckedDataStore:
    """The `CheckedDataStore` of a result, the same from run to run; `path` as in `CheckResult.path_in_endpoint`."""
    return definition.id, place_of(endpoint.address, endpoint.port, endpoint.host, path or "")


class EarlierRuns(Frozen):
    """What all earlier runs know."""

    first_open_at: Mapping[CheckedDataStore, datetime] = frozen_field(default_factory=dict)
    """When each check first found each data store open."""
    most_records: Mapping[CheckedDataStore, int] = frozen_field(default_factory=dict)
    """The most records that each check saw in each data store; those without a known size are missing."""
    once_open: frozenset[str] = frozenset()
    """The keys of endpoints that were open; see `models.targets.endpoint_key`."""


def earlier_at(plan: Plan, store: ScanStore) -> EarlierRuns:
    """What is known of the data stores at the hosts of a plan."""
    hosts = plan.hosts(FEW)
    return gathered(history for history in store.seen(hosts) if hosts or plan.may_have(host_of(history.place)))


def gathered(histories: Iterable[CheckHistory]) -> EarlierRuns:
    """What was seen, merged by `CheckedDataStore`: a name may lead to several addresses."""
    first: dict[CheckedDataStore, datetime] = {}
    most: dict[CheckedDataStore, int] = {}
    endpoints = set[str]()
    for history in histories:
        key = (intern(history.check_id), history.place)
        if history.first_open_at is not None:
            first[key] = min(first.get(key, history.first_open_at), history.first_open_at)
            # If both are equal, the same string object is used, which saves memory.
            endpoints.add(history.place if history.place == history.endpoint else history.endpoint)
        if history.most_records is not None:
            most[key] = max(most.get(key, 0), history.most_records)
    return EarlierRuns(first_open_at=first, most_records=most, once_open=frozenset(endpoints))
