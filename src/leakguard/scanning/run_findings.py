"""Findings of a run as outputs go through them: thousands in a store, or a few that are held in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, cast

from leakguard.ledger.stored_findings import finding_line
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import Glance, glance_of


class FindingSource(Collection[Finding], Protocol):
    """The findings of a run, in the order in which they were made.

    Read again whenever they are gone through, so that thousands of them need no room.
    """

    def glances(self) -> Iterator[Glance]:
        """As `ports.ScanStore.glances`."""

    def lines(self) -> Iterator[str]:
        """Each as JSON (`leakguard.finding/1`) on one line, not ended, in ASCII."""

    def some(self, ids: Sequence[str]) -> Iterator[Finding]:
        """Those with these ids."""

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """As `ports.ScanStore.outcomes`."""


class FindingsInMemory:
    """Implements `FindingSource` over findings that are in memory anyway."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._findings = tuple(findings)

    def __iter__(self) -> Iterator[Finding]:
        """In the order in which they were given."""
        return iter(self._findings)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._findings)

    def __contains__(self, finding: object) -> bool:
        """Whether it is one of them."""
        return finding in self._findings

    def glances(self) -> Iterator[Glance]:
        """See `Found.glances`."""
        glances = map(glance_of, self._findings)
        return iter(sorted(glances, key=lambda glance: (glance.datastore, glance.cluster_id or "")))

    def lines(self) -> Iterator[str]:
        """See `Found.lines`."""
        return map(finding_line, self._findings)

    def some(self, ids: Sequence[str]) -> Iterator[Finding]:
        """See `Found.some`."""
        return (finding for finding in self._findings if finding.id in ids)

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """See `Found.outcomes`."""
        return Counter(finding.verdict.outcome for finding in self._findings)


def found_of(findings: Iterable[Finding]) -> FindingSource:
    """`findings` themselves if they can be gone through again without being held, else held from now on."""
    is_found = hasattr(findings, "glances")
    return cast("FindingSource", findings) if is_found else FindingsInMemory(findings)
