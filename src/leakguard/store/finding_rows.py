"""Findings as rows, and the ledger entry that lists the hash of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leakguard.errors import BadFile, LedgerBroken
from leakguard.ledger.canonical import canonical, from_canonical, sha256_hex
from leakguard.ledger.items import FINDINGS_RECORDED
from leakguard.models.events import Interval
from leakguard.models.finding_json import finding_from_json, finding_to_json
from leakguard.models.findings import Finding
from leakguard.models.records import Record


def findings_record(findings: Sequence[Finding], done: Sequence[str], *, now: datetime) -> Record:
    """The record of saved findings: ids and hashes, the targets that are done, and the outcomes added up.

    It occurred between the first and the last observation; at `now` where nothing was found.
    """
    observed = [finding.observed_at for finding in findings] or [now]
    listed = [{"id": finding.id, "sha256": sha256_hex(finding_text(finding))} for finding in findings]
    outcomes = Counter(finding.verdict.outcome.value for finding in findings)
    return Record(
        kind=FINDINGS_RECORDED,
        occurred_at=Interval(earliest=min(observed), latest=max(observed)),
        content={"findings": listed, "done": list(done), "outcomes": dict(outcomes)},
    )


def finding_rows(run: str, findings: Sequence[Finding], sequence: int) -> list[dict[str, Any]]:
    """Rows for findings that the ledger entry `sequence` lists in the same order."""
    return [
        {"id": finding.id, "run": run, "sequence": sequence, "position": position, "text": finding_text(finding)}
        for position, finding in enumerate(findings)
    ]


def finding_text(finding: Finding) -> str:
    """Canonical JSON; counts beyond what SQL integers hold stay whole in it."""
    return canonical(finding_to_json(finding))


def finding_in(identifier: str, text: str) -> Finding:
    """The finding in a row; raises `LedgerBroken` if it no longer reads as one."""
    try:
        return finding_from_json(from_canonical(text))
    except (ValueError, AttributeError, RecursionError, BadFile) as error:
        raise LedgerBroken(
            f"finding {identifier} is unreadable, so somebody or something changed it",
            next_step="Run `leakguard evidence verify` to see every change, and restore the store from a backup.",
        ) from error
