"""Findings as rows, and the ledger entry that lists the hash of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from leakguard.errors import BadFile, LedgerBroken
from leakguard.ledger.canonical import sha256_hex
from leakguard.ledger.listed_rows import STATES
from leakguard.ledger.stored_findings import FINDINGS_RECORDED, finding_from_text
from leakguard.models.events import Interval
from leakguard.models.findings import Finding
from leakguard.models.records import Record
from leakguard.store.connection import Connection, marks
from leakguard.store.tables import FINDINGS

FINDING_ORDER = ("sequence", "position", "id")
"""The order in which findings were made."""
RUN_BY_RUN = ("run", *FINDING_ORDER)
"""The order of all findings together: their index gives it, where any other sorts the whole table for every page."""
IDS_AT_ONCE = 500
"""SQLite before 3.32 allows 999 variables in one statement."""


def findings_record(
    findings: Sequence[Finding], texts: Sequence[str], done: Mapping[str, str], *, now: datetime,
    states: Mapping[str, str] | None = None,
) -> Record:  # fmt: skip
    """The record of saved findings: ids and hashes, how each target stands, and the outcomes added up.

    `texts` are the findings' own, in the same order; `states` are digests of how far parts of the run have come.
    It occurred between the first and the last observation; at `now` where nothing was found.
    """
    observed = [finding.observed_at for finding in findings] or [now]
    listed = [{"id": finding.id, "sha256": sha256_hex(text)} for finding, text in zip(findings, texts, strict=True)]
    outcomes = Counter(finding.verdict.outcome.value for finding in findings)
    content: dict[str, object] = {"findings": listed, "done": dict(done), "outcomes": dict(outcomes)}
    return Record(
        kind=FINDINGS_RECORDED,
        occurred_at=Interval(earliest=min(observed), latest=max(observed)),
        content=content | ({STATES: dict(states)} if states else {}),
    )


def new_findings(connection: Connection, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those whose id is not kept yet, each once: a resumed run may repeat the probes that were in flight."""
    by_id: dict[str, Finding] = {}
    for finding in findings:
        by_id.setdefault(finding.id, finding)
    ids = list(by_id)
    known: set[str] = set()
    for start in range(0, len(ids), IDS_AT_ONCE):
        chunk = ids[start : start + IDS_AT_ONCE]
        rows = connection.rows(f"SELECT id FROM findings WHERE id IN ({marks(len(chunk))})", *chunk)  # noqa: S608  (only marks)
        known.update(row[0] for row in rows)
    return tuple(finding for identifier, finding in by_id.items() if identifier not in known)


def insert_findings(
    connection: Connection, run: str, findings: Sequence[Finding], texts: Sequence[str], sequence: int
) -> None:
    """Insert findings that the ledger entry `sequence` lists in the same order, with their texts."""
    pairs = enumerate(zip(findings, texts, strict=True))
    connection.insert(
        "findings", FINDINGS, [(finding.id, run, sequence, position, text) for position, (finding, text) in pairs]
    )


def finding_in(identifier: str, text: str) -> Finding:
    """The finding in a row; raises `LedgerBroken` if it no longer reads as one."""
    try:
        return finding_from_text(text)
    except BadFile as error:
        raise LedgerBroken(
            f"finding {identifier} is unreadable, so somebody or something changed it",
            next_step="Run `leakguard evidence verify` to see every change, and restore the store from a backup.",
        ) from error
