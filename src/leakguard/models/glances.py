"""Glances: what an overview of thousands of findings needs of each, without its text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from leakguard.models.findings import Finding, Outcome, Severity

OPEN_OUTCOMES = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Glance(NamedTuple):
    """One finding at a glance; a tuple, because an overview makes thousands of them at once."""

    id: str
    run: str
    check_id: str
    place: str
    """See `Finding.place`."""
    target: str
    address: str
    datastore: str
    outcome: Outcome
    severity: Severity
    records: int | None
    bytes: int | None
    is_exact: bool
    """Whether the numbers are exact; true where there are none."""
    cluster_id: str | None
    version: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is an exposure."""
        return self.outcome in OPEN_OUTCOMES


class KeptText(NamedTuple):
    """A finding as it is stored."""

    id: str
    text: str
    """Canonical JSON; see `ledger.canonical`."""


class CheckHistory(NamedTuple):
    """What all runs together know of one check at one endpoint."""

    check_id: str
    place: str
    endpoint: str
    """See `models.targets.endpoint_key`."""
    first_open_at: datetime | None
    """When it was first found open; `None` when it never was."""
    most_records: int | None
    """The largest number of records that was ever stated."""


def glance_of(finding: Finding) -> Glance:
    """The glance of a whole finding."""
    verdict, size = finding.verdict, finding.verdict.size
    return Glance(
        id=finding.id,
        run=finding.run,
        check_id=finding.check_id,
        place=finding.place,
        target=finding.target,
        address=finding.address,
        datastore=finding.datastore,
        outcome=verdict.outcome,
        severity=verdict.severity,
        records=size.records if size else None,
        bytes=size.bytes if size else None,
        is_exact=size.exact if size else True,
        cluster_id=verdict.cluster_id,
        version=verdict.version,
    )


def seen_of(finding: Finding) -> CheckHistory | None:
    """What this finding adds to the memory of all runs; nothing when it is neither open nor has a size."""
    size = finding.verdict.size
    first = finding.observed_at if finding.verdict.outcome in OPEN_OUTCOMES else None
    most = size.records if size else None
    if first is None and most is None:
        return None
    return CheckHistory(finding.check_id, finding.place, finding.endpoint, first, most)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly: a number that every database sorts alike."""
    return (moment - EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The moment of a number that `to_microseconds` made."""
    return EPOCH + timedelta(microseconds=count)
