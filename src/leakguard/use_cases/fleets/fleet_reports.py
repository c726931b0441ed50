"""What each worker of the fleet reported, as the ledger has it: taken, looked at again, refused, withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from leakguard.frozen import Frozen, as_dict
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.ports import ScanStore
from leakguard.use_cases.fleets.taking import RESULT_REFUSED
from leakguard.use_cases.scans.shard_counts import SHARD_RECORDED, SHARD_REPORTED
from leakguard.use_cases.scans.withdrawals import WITHDRAWN, WithdrawnShards, withdrawn_of

KINDS = frozenset({SHARD_RECORDED, SHARD_REPORTED, RESULT_REFUSED})
Became = Literal["taken", "partly_taken", "looked_at_again", "refused", "withdrawn"]


class FleetReport(Frozen):
    """One result that a worker sent."""

    run: str
    shard: int
    attempt: int
    signer: str
    """The name of its key in [fleet.trusted]; `worker` is what it calls itself."""
    worker: str
    at: datetime
    """When it was recorded."""
    became: Became
    """`looked_at_again` closed something, so that a second worker looked at the shard."""
    counts: Mapping[str, int]
    """How the endpoints of its shard stand, as it says; empty for one that was refused."""
    witness: str = ""
    """The worker that looked at the same shard before."""
    why: str = ""
    """Why it was refused."""

    @property
    def row(self) -> dict[str, object]:
        """Every field by its name."""
        return as_dict(self) | {"at": to_z(self.at)}


def fleet_reports(
    store: ScanStore, *, worker: str | None = None, run: str | None = None
) -> tuple[FleetReport, ...]:  # fmt: skip
    """The reports of all workers in the order of the ledger; of one by the name of its key, or of one run."""
    gone: dict[str, WithdrawnShards] = {}
    records = tuple(store.of_kinds(KINDS, run))
    for record in store.of_kinds({WITHDRAWN}, run):
        gone.setdefault(record.subject, withdrawn_of(store, record.subject))
    found = (_report(record, gone.get(record.subject, WithdrawnShards())) for record in records)
    return tuple(report for report in found if worker is None or worker in {report.signer, report.witness})


def _report(record: KeptRecord, gone: WithdrawnShards) -> FleetReport:
    content = record.content
    return FleetReport(
        run=record.subject, shard=int(content["shard"]), attempt=int(content["attempt"]),
        signer=str(content["signer"]), worker=str(content["worker"]), at=record.recorded_at,
        became=_became(record, gone), counts=dict(content.get("counts", {})), witness=str(content.get("witness", "")),
        why=str(content.get("why", "")),
    )  # fmt: skip


def _became(record: KeptRecord, gone: WithdrawnShards) -> Became:
    if record.kind == RESULT_REFUSED:
        return "refused"
    if gone.has_shard(int(record.content["shard"])):
        return "withdrawn"
    if record.kind == SHARD_RECORDED:
        return "taken"
    return "looked_at_again" if record.content["is_complete"] else "partly_taken"


def shards_of(store: ScanStore, signer: str, *, since: datetime) -> dict[str, tuple[int, frozenset[int]]]:
    """By run: of how many shards, and those that rest on this worker's word since a moment and are not withdrawn."""
    found: dict[str, tuple[int, frozenset[int]]] = {}
    for run, content in _rests_on(store, signer, since):
        of, shards = found.get(run, (int(content["of"]), frozenset()))
        found[run] = of, shards | {int(content["shard"])}
    fresh = ((run, of, shards, withdrawn_of(store, run)) for run, (of, shards) in found.items())
    left = {run: (of, frozenset(one for one in shards if not gone.has_shard(one))) for run, of, shards, gone in fresh}
    return {run: (of, shards) for run, (of, shards) in left.items() if shards}


def _rests_on(store: ScanStore, signer: str, since: datetime) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for record in store.of_kinds({SHARD_RECORDED, SHARD_REPORTED}):
        if record.recorded_at >= since and signer in {record.content["signer"], record.content.get("witness")}:
            yield record.subject, record.content
