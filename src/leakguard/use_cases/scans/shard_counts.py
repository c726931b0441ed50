"""How the endpoints of a run of the fleet stand, added up from its shards: what nobody came to stands nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from leakguard.engine.examination import EndpointStatus
from leakguard.ports import ScanStore
from leakguard.use_cases.scans.run_opening import RESUMED
from leakguard.use_cases.scans.withdrawals import withdrawn_of

SHARD_RECORDED, SHARD_REPORTED = "shard_recorded", "shard_reported"
"""In a run of the fleet: a result that made its shard a finished one, and one that was taken and did not."""


def shard_counts(store: ScanStore, run: str, *, planned: int, is_finished: bool) -> Mapping[str, int]:
    """How many endpoints stand how, by what is recorded of the shards of a run.

    Of a shard without a whole result the last attempt counts as far as it came, since the run was last gone on with.
    What is withdrawn was not checked, nor was what a finished run gave up.
    """
    whole: dict[int, Mapping[str, int]] = {}
    partial: dict[int, Mapping[str, int]] = {}
    for record in store.of_kinds({SHARD_RECORDED, SHARD_REPORTED, RESUMED}, run):
        if record.kind == RESUMED:
            partial.clear()
        elif record.kind == SHARD_RECORDED:
            whole[int(record.content["shard"])] = record.content["counts"]
        elif not record.content["is_complete"]:
            partial[int(record.content["shard"])] = came_to(record.content["counts"])
    gone = withdrawn_of(store, run)
    added: Counter[str] = Counter()
    for shard, counts in {**partial, **whole}.items():
        added.update({EndpointStatus.NOT_CHECKED.value: sum(counts.values())} if gone.has_shard(shard) else counts)
    if is_finished:
        added[EndpointStatus.NOT_CHECKED.value] += max(0, planned - added.total())
    return +added


def came_to(counts: Mapping[str, int]) -> Counter[str]:
    """What an attempt that was not finished did look at."""
    return Counter({outcome: count for outcome, count in counts.items() if outcome != EndpointStatus.NOT_CHECKED})
