"""Traits: the few things about an open finding that are compared later, small enough to keep one for each place."""

from __future__ import annotations

from datetime import datetime
from sys import intern

from leakguard.frozen import Frozen
from leakguard.models.findings import Access, Finding, Outcome, Severity
from leakguard.models.glances import Glance

SHORTEST_ID = 8
"""Real ids are random and longer; `_na_` and the like stand for a cluster that has none yet."""
DRIFT = 100
"""Nodes are asked seconds apart, so their counts may differ by a hundredth."""
BREATH, BUFFERS = 10, 1_000_000
"""Of the bytes of a store that keeps its number of records, less than a tenth means nothing, nor does a megabyte."""
_SEVERITIES = tuple(Severity)
_COMPARED = ("outcome", "access", "severity", "ransomed")
_COMPARED_WHERE_STATED = ("product", "version", "cluster_id")
"""What a server may leave out of one answer; then nothing has changed."""


class ExposureSummary(Frozen):
    """An open finding, without what only a reader of the whole finding needs."""

    finding: str
    """Its id."""
    run: str
    vantage: str
    datastore: str
    endpoint: str
    """The key of the endpoint that it was seen at; see `models.targets.endpoint_key`."""
    host: str | None
    port: int
    is_bucket: bool
    outcome: Outcome
    access: Access
    severity: Severity
    ransomed: str
    product: str | None
    version: str | None
    cluster_id: str | None
    records: int | None
    bytes: int | None
    observed_at: datetime
    key: str = ""
    """See `Finding.key`."""

    @property
    def store_key(self) -> tuple[str, str] | None:
        """What the store calls itself, wherever it stands; `None` where that tells it from no other."""
        cluster = self.cluster_id or ""
        return (self.datastore, cluster) if len(cluster) >= SHORTEST_ID else None

    @property
    def weight(self) -> tuple[int, int, int]:
        """Grows with how bad it is."""
        return _SEVERITIES.index(self.severity), self.records or 0, self.bytes or 0


def traits_of(finding: Finding) -> ExposureSummary:
    """What is kept of a finding."""
    verdict = finding.verdict
    return ExposureSummary(
        finding=finding.id, run=intern(finding.run), vantage=intern(finding.vantage),
        datastore=intern(finding.datastore),
        endpoint=finding.endpoint, host=finding.host, port=finding.port,
        is_bucket="/" in finding.target, outcome=verdict.outcome, access=verdict.access, severity=verdict.severity,
        ransomed=intern(verdict.ransomed.verdict), product=_shared(verdict.product), version=_shared(verdict.version),
        cluster_id=verdict.cluster_id, records=verdict.size.records if verdict.size else None,
        bytes=verdict.size.bytes if verdict.size else None, observed_at=finding.observed_at,
        key=finding.key,
    )  # fmt: skip


def _shared(word: str | None) -> str | None:
    """Many stores have one version: its word is kept once."""
    return None if word is None else intern(word)


def changed_fields(before: ExposureSummary, after: ExposureSummary) -> tuple[str, ...]:
    """The names of the traits that differ, the sizes left out."""
    always = [name for name in _COMPARED if getattr(before, name) != getattr(after, name)]
    stated = [(name, getattr(before, name), getattr(after, name)) for name in _COMPARED_WHERE_STATED]
    return (*always, *(name for name, was, now in stated if was and now and was != now))


def growth(before: ExposureSummary | None, after: ExposureSummary | None, field: str) -> int | None:
    """By how many `records` or `bytes` it grew; `None` when either number is unknown."""
    if before is None or after is None:
        return None
    was, now = getattr(before, field), getattr(after, field)
    return None if was is None or now is None else int(now) - int(was)


def bytes_told(before: ExposureSummary, after: ExposureSummary) -> int:
    """By how many bytes it grew, as far as that tells anything.

    Where as many records are there as before, some come and go by themselves: a Redis counts the buffers of whoever
    asks, an Elasticsearch merges.
    """
    grown = growth(before, after, "bytes") or 0
    is_still = growth(before, after, "records") == 0
    least = max(BUFFERS, max(before.bytes or 0, after.bytes or 0) // BREATH)
    return 0 if is_still and abs(grown) < least else grown


def agree(summary: ExposureSummary | Glance, other: ExposureSummary | Glance) -> bool:
    """Whether two places that were open at the same time, and call themselves alike, can be one store."""
    first, second = summary.records, other.records
    alike = first is None or second is None or abs(first - second) <= max(1, max(first, second) // DRIFT)
    return alike and summary.version == other.version
