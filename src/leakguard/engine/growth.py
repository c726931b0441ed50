"""Growth: how much an open data store has grown since an earlier run measured it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from leakguard.frozen import replace
from leakguard.models.findings import Finding
from leakguard.models.kinds import DataSeen
from leakguard.ports import ScanStore
from leakguard.scanning.diff import OPEN
from leakguard.scanning.pace import growth_between


def with_growth(
    store: ScanStore, run: str, findings: Sequence[Finding], *, measured: Collection[tuple[str, str]]
) -> tuple[Finding, ...]:
    """The findings, with the growth of open data stores that an earlier run measured.

    `measured` are the checks and the keys of data stores with a size in earlier runs; no others are looked up.
    """
    open_data_stores = {
        (finding.check_id, finding.place)
        for finding in findings
        if finding.verdict.outcome in OPEN and finding.verdict.size
    }
    known = {checked for checked in open_data_stores if checked in measured}
    if not known:
        return tuple(findings)
    ids = store.last_measured(known, apart_from=run)
    before = (
        {(finding.check_id, finding.place): finding for finding in store.findings(ids=tuple(ids.values()))}
        if ids
        else {}
    )
    return tuple(_grown(finding, before.get((finding.check_id, finding.place))) for finding in findings)


def _grown(finding: Finding, before: Finding | None) -> Finding:
    growth = growth_between(before, finding) if before is not None and finding.verdict.outcome in OPEN else None
    if growth is None:
        return finding
    data = replace(finding.verdict.data or DataSeen(), growth=growth)
    return replace(finding, verdict=replace(finding.verdict, data=data))
