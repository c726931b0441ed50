"""What all samplers share: a door that may ask for records, the requests so far, the tally."""

from __future__ import annotations

from dataclasses import dataclass, field

from leakguard.models.findings import ProofRequest
from leakguard.models.samples import SampleResult
from leakguard.models.targets import Endpoint
from leakguard.probes.session import SessionSetup
from leakguard.probes.wire.door import Door
from leakguard.sensitivity.tally import Tally

CAP = 4 * 1024 * 1024
"""Bytes of one answer; a record of a megabyte is no reason to read a gigabyte."""
MOST_COLLECTIONS = 10
"""Collections that the records are taken from, the largest first."""


class ContentDoor(Door):
    """The door whose lines may ask for records."""

    reads_content = True


@dataclass(slots=True, kw_only=True)
class RunningSample:
    """One sample under way."""

    endpoint: Endpoint
    way: SessionSetup
    records: int
    tally: Tally = field(default_factory=Tally)
    requests: list[ProofRequest] = field(default_factory=list)
    read: int = 0
    """Records so far."""

    def note(self, method: str, what: str, *, status: int | None, size: int) -> None:
        """Keep for the proof what was asked, in words without a name of the host's, and how much came."""
        self.requests.append(ProofRequest(method=method, what=what, status=status, bytes=size))

    def share(self, collections: int) -> int:
        """How many records of each of so many collections make the sample."""
        return max(1, self.records // max(1, min(collections, MOST_COLLECTIONS)))

    def left(self, share: int) -> int:
        """How many may still be read of the next one."""
        return max(0, min(share, self.records - self.read))

    def sampled(self) -> SampleResult:
        """What is left of it."""
        values = self.tally.looked_at
        note = f"{self.read} records with {values} values were read, counted by kind and dropped; none was kept"
        return SampleResult(note=note, categories=self.tally.categories(), requests=tuple(self.requests))
