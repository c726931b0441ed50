"""Results of a fleet's worker that somebody has withdrawn: what they told counts no longer, wherever it is read."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from leakguard.frozen import Frozen, replace
from leakguard.models.findings import Finding, Outcome, Verdict, host_of
from leakguard.models.records import KeptRecord
from leakguard.ports import ScanStore
from leakguard.scanning.space import part_of

WITHDRAWN = "shard_results_withdrawn"
"""In a run: the shards whose results count no longer, with who withdrew them and why."""
REASON = "withdrawn: the worker that reported it is not believed any more; scan again"


class WithdrawnShards(Frozen):
    """The shards of one run whose results count no longer."""

    shards: frozenset[int] = frozenset()
    of: int = 1

    def has_shard(self, number: int) -> bool:
        """Whether what was reported of a shard counts no longer: where there is one alone, it is the whole run."""
        return bool(self.shards) and (self.of == 1 or number in self.shards)

    def has(self, address: str) -> bool:
        """Whether what was reported of an address counts no longer."""
        try:
            return bool(self.shards) and part_of(str(ip_address(address)), self.of) in self.shards
        except ValueError:
            return False

    def has_endpoint(self, key: str) -> bool:
        """The same by the key of an endpoint, `192.0.2.1:9200 (mail.example.edu)`, or by what lies behind it."""
        return bool(self.shards) and self.has(host_of(key.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0]))

    def applied_to(self, finding: Finding) -> Finding:
        """The finding, which says nothing any more where its result was withdrawn."""
        if not self.has(finding.address):
            return finding
        verdict = Verdict(outcome=Outcome.INCONCLUSIVE, reason=REASON)
        return replace(finding, verdict=verdict)


def withdrawn_in(records: Iterable[KeptRecord]) -> WithdrawnShards:
    """What the records of a run say is withdrawn: all of it where an earlier release erased of which shards it is."""
    own = [record.content for record in records if record.kind == WITHDRAWN]
    if not own:
        return WithdrawnShards()
    if any(int(each["of"]) < 1 for each in own):
        return WithdrawnShards(shards=frozenset({0}), of=1)
    return WithdrawnShards(
        shards=frozenset(int(shard) for each in own for shard in each["shards"]), of=int(own[0]["of"])
    )


def withdrawn_of(store: ScanStore, run: str) -> WithdrawnShards:
    """What is withdrawn of a stored run."""
    return withdrawn_in(store.of_kinds({WITHDRAWN}, run))
