"""Parts: a plan is cut by address, so that one address is looked at by one worker of a vantage and never by two."""

from __future__ import annotations

from functools import cached_property
from math import ceil

from leakguard.errors import UsageProblem
from leakguard.models.fleet import MAX_SHARDS, Share
from leakguard.models.fleet_settings import FleetSettings
from leakguard.models.scope import Limits
from leakguard.scanning.plan import Plan
from leakguard.scanning.space import Space

SHARD_ENDPOINTS = 4_096
"""The most endpoints of a shard, so that its result stays small even where all of them are open."""
PATIENCE = 4
"""A shard is cut so that its connections alone take a quarter of its time: what is open is asked several questions."""
_PER_PORT = 2
"""Connections to a port of one address on average: one to a closed one, several to the few that are open."""


class _PartPlan(Plan, dict=True):
    """The endpoints of a plan whose addresses leave the remainder `number` when divided by `of`."""

    whole: Space
    number: int
    of: int

    @cached_property
    def space(self) -> Space:
        """The part of the whole plan's space."""
        return self.whole.part(self.number, self.of)


def part_of_plan(plan: Plan, number: int, of: int) -> Plan:
    """The plan of one part; generated, in constant memory."""
    return _PartPlan(
        gate=plan.gate, targets=plan.targets, resolved=plan.resolved, ports=plan.ports, whole=plan.space,
        number=number, of=of,
    )  # fmt: skip


def share_of(limits: Limits, *, vantages: int, workers: int) -> Share:
    """The limits of one shard, so that all that are in flight together keep to those of the scope.

    An address is in one shard of each vantage, so its own limit is divided by the vantages alone.
    """
    part = limits.of_part(workers)
    return Share(
        total=limits.total / vantages / workers,
        per_host=part.per_host / vantages,
        per_network=part.per_network / vantages,
        per_name=part.per_name / vantages,
    )


def shards_of(plan: Plan, share: Share, fleet: FleetSettings) -> int:
    """How many shards the plan is cut into; raises `UsageProblem` where one address alone takes too long.

    So many that each is done in time, that its result stays small, and that every worker has something to do.
    """
    ports = max((len(target.ports or plan.ports) for target in plan.targets), default=1)
    seconds = fleet.lease_seconds / PATIENCE
    if ports * _PER_PORT > share.per_host * fleet.lease_seconds:
        raise UsageProblem(
            f"{ports:,} ports of one address take {ports / share.per_host:,.0f} s at {share.per_host:g} connections a "
            f"second, and a shard has {fleet.lease_seconds:,} s",
            next_step="Raise `lease_seconds` in [fleet] on the coordinator and on every worker, or ask fewer ports.",
        )
    most = max(1, min(SHARD_ENDPOINTS, int(share.total * seconds)))
    wanted = max(2 * fleet.workers, ceil(plan.count / most))
    return max(1, min(wanted, ceil(plan.count / ports), MAX_SHARDS))
