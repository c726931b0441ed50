"""Findings as JSON: one object a line, or one document with the run's summary."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from leakguard.models.finding_json import finding_to_json
from leakguard.models.findings import Finding


def findings_jsonl(findings: Iterable[Finding]) -> str:
    """One `leakguard.finding/1` a line, each line ended; ASCII only, so that no terminal is fooled."""
    return "".join(json.dumps(finding_to_json(finding)) + "\n" for finding in findings)


def scan_json(run: str, counts: Mapping[str, int], findings: Iterable[Finding], *, interrupted: bool = False) -> str:
    """One document (`leakguard.scan/1`): the run, how its endpoints stand, its findings."""
    document: dict[str, Any] = {
        "schema": "leakguard.scan/1",
        "run": run,
        "interrupted": interrupted,
        "endpoints": dict(counts),
        "findings": [finding_to_json(finding) for finding in findings],
    }
    return json.dumps(document) + "\n"
