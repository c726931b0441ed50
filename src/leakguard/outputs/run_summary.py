"""A run in numbers, as plain values: for whoever does not want all of its findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.models.findings import Severity
from leakguard.models.glances import Glance
from leakguard.models.moments import to_z
from leakguard.models.mutes import Mute
from leakguard.outputs.exposures import by_severity, mute_json
from leakguard.outputs.json_text import pace_json
from leakguard.outputs.words import left_out_words
from leakguard.ports import ScanStore
from leakguard.use_cases.scans.runs import ListedRun, StoredRun

_WORST_FIRST = tuple(reversed(Severity))


def run_line_json(store: ScanStore, run: ListedRun) -> dict[str, Any]:
    """What is said of a run of a list beside its name: who began it, and its findings by outcome."""
    outcomes = {outcome.value: count for outcome, count in store.outcomes(run.id).items()}
    return {"target_count": len(run.targets), "by": run.by, "outcomes": outcomes}


def run_summary_json(
    found: StoredRun, listed: ListedRun, muted: Mapping[str, Mute], *, after: int, limit: int
) -> dict[str, Any]:
    """The document `leakguard.run-summary/1`."""
    opened = sorted((glance for glance in found.findings.glances() if glance.is_open), key=_urgency)
    shown = opened[after : after + limit]
    whole = {finding.id: finding for finding in found.findings.some([glance.id for glance in shown])}
    outcomes = {outcome.value: count for outcome, count in found.findings.outcomes.items()}
    return {
        "schema": "leakguard.run-summary/1", "run": found.id, "started_at": to_z(listed.started_at), "by": listed.by,
        "finished": found.is_finished, "running": listed.is_running, "can_go_on": found.can_go_on,
        "targets": list(found.targets[:50]), "target_count": len(found.targets), "planned": found.planned,
        "endpoints": dict(found.counts), "not_reached": found.not_reached, "reasons": dict(found.reasons),
        "unsettled": dict(found.unsettled), "unresolved": list(found.unresolved),
        "left_out": [left_out_words(left_out) for left_out in found.left_out],
        "pace": pace_json(found.pace) if found.pace is not None else None, "outcomes": outcomes,
        "open_count": len(opened), "by_severity": by_severity(glance.severity for glance in opened),
        "open": [
            _open(glance, whole[glance.id].verdict.product, muted.get(glance.id))
            for glance in shown if glance.id in whole
        ],
        "next": after + limit if len(opened) > after + limit else None,
    }  # fmt: skip


def _urgency(glance: Glance) -> tuple[int, int, str]:
    return _WORST_FIRST.index(glance.severity), -(glance.records or 0), glance.place


def _open(glance: Glance, product: str | None, mute: Mute | None) -> dict[str, Any]:
    return {
        "finding": glance.id, "check_id": glance.check_id, "place": glance.place, "datastore": glance.datastore,
        "product": product or glance.datastore, "version": glance.version, "severity": glance.severity.value,
        "outcome": glance.outcome.value, "records": glance.records, "bytes": glance.bytes, "exact": glance.is_exact,
        "muted": mute_json(mute) if mute is not None else None,
    }  # fmt: skip
