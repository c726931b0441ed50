"""Adds up how the endpoints of a vantage stand; what nobody came to is the rest of its plan, and is never made."""

from __future__ import annotations

from collections import Counter

from leakguard.engine.examination import EndpointStatus
from leakguard.use_cases.fleets.fleet_tools import VantageRun, VantageSummary
from leakguard.use_cases.scans.shard_counts import came_to


def counts_of(run: VantageRun) -> dict[str, int]:
    """How the endpoints of a run stand; of a shard without a whole result as far as somebody looked."""
    added = looked_at(run)
    added[EndpointStatus.NOT_CHECKED.value] += run.plan.count - added.total()
    return {standing: count for standing, count in added.items() if count}


def looked_at(run: VantageRun) -> Counter[str]:
    """The counts of all shards of which anything is known, added up."""
    added: Counter[str] = Counter()
    for counts in run.counts.values():
        added.update(counts)
    for number, counts in run.partial.items():
        if number not in run.counts:
            added.update(came_to(counts))
    return added


def summary_of(run: VantageRun) -> VantageSummary:
    """How the run of one vantage stands in the end."""
    return VantageSummary(
        vantage=run.vantage, run=run.run, counts=counts_of(run), planned=run.plan.count,
        given_up=dict(Counter(run.lane.given_up.values())), unresolved=run.plan.unresolved,
        left_out=run.plan.left_out, unheeded=run.plan.unheeded, ports_left_out=run.plan.ports_left_out,
        refused=dict(run.refused), not_reached=run.plan.count - looked_at(run).total(),
    )  # fmt: skip
