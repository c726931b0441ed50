"""Opens incidents about what a watch saw become open: one a store, and never a second one for what is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from leakguard.models.event_records import record_of_event
from leakguard.models.incidents import Incident
from leakguard.ports import Now, WatchStore
from leakguard.scanning.diff import Change
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.scans.exposure_changes import seen_at
from leakguard.use_cases.scans.following import RunPart
from leakguard.use_cases.scans.scan_assets import exactly

LEASE = "watch-incidents"
HELD_FOR = timedelta(minutes=2)
"""A watch that dies while it opens incidents is waited for so long; each opening takes well under a second."""


def groups_of(changes: Sequence[Change]) -> tuple[tuple[Change, ...], ...]:
    """Changes that are about one store together: the same place, or the same id at several places."""
    groups: list[list[Change]] = []
    by_key: dict[object, list[Change]] = {}
    for change in changes:
        keys = [key for key in (change.target, change.seen.store_key) if key is not None]
        group = next((by_key[key] for key in keys if key in by_key), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(change)
        by_key.update(dict.fromkeys(keys, group))
    return tuple(tuple(group) for group in groups)


def open_for(store: WatchStore, part: RunPart, changes: Sequence[Change], *, now: Now, zone: str) -> Incident:
    """Open one incident about these changes, detected when the first of them was seen."""
    findings = list(store.findings(ids=[change.seen.finding for change in changes]))
    first = min(changes, key=lambda change: seen_at(part, change))
    detected = record_of_event(
        kind="detected", occurred_at=exactly(seen_at(part, first)), source=f"scan run {part.run}",
        fields={"finding": first.seen.finding, "vantage": first.seen.vantage},
    )  # fmt: skip
    since = {change.seen.finding: seen_at(part, change) for change in changes}
    return open_incident(store, findings, now=now(), zone=zone, then=(detected,), open_since=since)
