"""Runs as the ledger tells of them: how each was started, and what it takes to go on with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leakguard.errors import NotFound
from leakguard.models.findings import Finding
from leakguard.ports import ScanStore
from leakguard.scanning.crowds import suspect_crowds
from leakguard.scanning.diff import OPEN
from leakguard.use_cases.examination import TargetStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run that was started once."""

    id: str
    targets: tuple[str, ...]
    ports: tuple[int, ...]
    checks: tuple[str, ...]
    """Ids, without versions."""
    vantage: str
    is_finished: bool
    counts: Mapping[str, int]
    closed: frozenset[str]
    """Keys of the endpoints whose port was closed; see `models.targets.endpoint_key`."""
    findings: tuple[Finding, ...]


def load_run(store: ScanStore, run: str) -> StoredRun:
    """Raises `NotFound`."""
    records = list(store.read(run))
    started = next((record for record in records if record.kind == "run_started"), None)
    if started is None:
        raise NotFound(f"the store knows no run `{run[:60]}`", next_step="List the runs: leakguard scan show")
    content: Mapping[str, Any] = started.content
    done = dict(store.done_targets(run))
    return StoredRun(
        id=run, targets=tuple(content["targets"]), ports=tuple(content["ports"]),
        checks=tuple(check.split("@")[0] for check in content["checks"]), vantage=content["vantage"],
        is_finished=any(record.kind == "run_finished" for record in records),
        counts=Counter(done.values()), findings=suspect_crowds(store.findings(run)),
        closed=frozenset(key.split("/")[0] for key, standing in done.items() if standing == TargetStanding.CLOSED),
    )  # fmt: skip


def first_seen(store: ScanStore) -> dict[tuple[str, str], datetime]:
    """When each check first found each target open, over all runs of the store."""
    seen: dict[tuple[str, str], datetime] = {}
    for finding in store.findings():
        if finding.verdict.outcome in OPEN:
            key = (finding.check_id, finding.place)
            seen[key] = min(seen.get(key, finding.observed_at), finding.observed_at)
    return seen


def most_records(store: ScanStore) -> dict[tuple[str, str], int]:
    """How many records each check saw at most on each target, over all runs of the store."""
    seen: dict[tuple[str, str], int] = {}
    for finding in store.findings():
        size = finding.verdict.size
        if size is not None and size.records is not None:
            key = (finding.check_id, finding.place)
            seen[key] = max(seen.get(key, 0), size.records)
    return seen


def list_runs(store: ScanStore) -> Iterator[str]:
    """One line a run, the oldest first: id, time, targets, whether it finished."""
    finished = {record.subject for record in store.read() if record.kind == "run_finished"}
    for record in store.read():
        if record.kind == "run_started":
            state = "finished" if record.subject in finished else "stopped"
            targets = ", ".join(record.content["targets"])[:60]
            yield f"{record.subject}  {record.recorded_at:%Y-%m-%d %H:%M:%SZ}  {state:<8}  {targets}"
