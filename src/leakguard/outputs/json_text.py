"""Findings as JSON: one object a line, or one document with the run's summary."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from leakguard.models.finding_json import finding_to_json
from leakguard.models.findings import Finding
from leakguard.scanning.diff import OPEN
from leakguard.scanning.stores import Store, stores_of, total_of


def findings_jsonl(findings: Iterable[Finding]) -> str:
    """One `leakguard.finding/1` a line, each line ended; ASCII only, so that no terminal is fooled."""
    return "".join(json.dumps(finding_to_json(finding)) + "\n" for finding in findings)


def scan_json(run: str, counts: Mapping[str, int], findings: Iterable[Finding], *, interrupted: bool = False) -> str:
    """One document (`leakguard.scan/1`): the run, how its endpoints stand, its findings.

    `stores` folds the open findings of one cluster, each with its ways in; `open` counts every store once.
    """
    known = tuple(findings)
    stores = stores_of(known)
    document: dict[str, Any] = {
        "schema": "leakguard.scan/1",
        "run": run,
        "interrupted": interrupted,
        "endpoints": dict(counts),
        "open": asdict(total_of(stores)),
        "stores": [_store(store) for store in stores if store.worst.verdict.outcome in OPEN],
        "findings": [finding_to_json(finding) for finding in known],
    }
    return json.dumps(document) + "\n"


def _store(store: Store) -> dict[str, Any]:
    worst = store.worst
    return {
        "datastore": worst.datastore,
        "cluster_id": worst.verdict.cluster_id,
        "severity": worst.verdict.severity.value,
        "records": worst.verdict.size and worst.verdict.size.records,
        "bytes": worst.verdict.size and worst.verdict.size.bytes,
        "ways": [{"finding": way.id, "target": way.target} for way in store.ways],
    }
