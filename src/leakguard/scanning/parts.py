"""Parts: a plan is cut by address, so that one address is looked at by one worker of a vantage and never by two."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import ceil

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.fleet import MAX_SHARDS, Share
from leakguard.models.fleet_settings import FleetSettings
from leakguard.models.scope import Limits
from leakguard.scanning.plan import Plan
from leakguard.scanning.plan_extent import PartLoad, PartLoads
from leakguard.scanning.space import Space

SHARD_ENDPOINTS = 4_096
"""The most endpoints of a shard, so that its result stays small even where all of them are open."""
PATIENCE = 4
"""A shard is cut so that its connections alone take a quarter of its time: what is open is asked several questions."""
LEAST_PATIENCE = 2
"""Of what cannot be cut further: two connections to an endpoint on average."""
_FINER = 1.25
_MOST_PER_ADDRESS = 4
"""Addresses may share a remainder, so that a few more parts than addresses may be needed to part them."""


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


class Cut(Frozen):
    """How a plan is cut for one vantage."""

    of: int
    """How many shards."""
    at_once: int
    """How many of them are in flight at most; the limits are divided by it."""


def cut_of(plan: Plan, limits: Limits, fleet: FleetSettings, *, vantages: int) -> Cut:
    """So many shards that each is done in time, whichever limit binds it; raises `UsageProblem` where none would be.

    A network and a name may be in every shard in flight, and get but a part of their limit in each. So fewer are in
    flight than there are workers where one address would take too long at such a part: it cannot be cut.
    """
    loads = PartLoads(space=plan.space)
    if not plan.count:
        return Cut(of=1, at_once=1)
    whole = share_of(limits, vantages=vantages, workers=1)
    for patience in (PATIENCE, LEAST_PATIENCE):
        seconds = fleet.lease_seconds / patience
        at_once = _at_once(loads.finest, whole, seconds, fleet.workers)
        while at_once:
            share = share_of(limits, vantages=vantages, workers=at_once)
            if of := _parts(loads, share, seconds, 2 * fleet.workers):
                return Cut(of=of, at_once=min(at_once, of))
            at_once //= 2
    tried = (loads.at(of) for of in _numbers(loads))
    least = min(tried, key=lambda load: max(least_seconds(load, whole).values()))
    if max(least_seconds(least, whole).values()) <= fleet.lease_seconds / LEAST_PATIENCE:
        raise UsageProblem(
            f"{plan.count:,} endpoints are too many for one scan by a fleet: "
            f"it has at most {MAX_SHARDS:,} shards of {SHARD_ENDPOINTS:,}",
            next_step="Scan them in several runs, each with a part of the targets or of the ports.",
        )
    raise _too_slow(least, whole, fleet)


def at_once_of(plan: Plan, of: int, limits: Limits, fleet: FleetSettings, *, vantages: int) -> int:
    """How many of the shards of a plan that is cut already may be in flight; raises `UsageProblem`, see `cut_of`."""
    load, whole = PartLoads(space=plan.space).at(of), share_of(limits, vantages=vantages, workers=1)
    if not load.total:
        return 1
    at_once = _at_once(load, whole, fleet.lease_seconds / LEAST_PATIENCE, fleet.workers)
    if not at_once:
        raise _too_slow(load, whole, fleet)
    return at_once


def least_seconds(load: PartLoad, share: Share) -> dict[str, float]:
    """How long a part takes where every port is closed, by each limit; it begins with a pause, see `run_shard`."""
    return {
        "one address": load.host / share.per_host,
        "one network": load.network / share.per_network,
        "one name": load.name / share.per_name,
        "one shard": (load.total + 1) / share.total,
    }


def _at_once(load: PartLoad, whole: Share, seconds: float, workers: int) -> int:
    """How many workers may share the limits so that each is done in time; none where not even one would be."""
    needed = least_seconds(load, whole)
    if max(needed.values()) > seconds:
        return 0
    del needed["one address"]
    return max(1, min(workers, int(seconds / max(needed.values()))))


def _parts(loads: PartLoads, share: Share, seconds: float, wanted: int) -> int:
    """The number of parts that lets each be done in time, none where no number does."""
    most = max(1, min(SHARD_ENDPOINTS, int(share.total * seconds)))
    start = max(1, min(max(wanted, ceil(loads.space.size / most)), loads.addresses))
    numbers = tuple(_numbers(loads))
    for of in sorted(numbers, key=lambda of: (of < start, abs(of - start))):
        load = loads.at(of)
        if max(least_seconds(load, share).values()) <= seconds and load.total <= max(SHARD_ENDPOINTS, load.host):
            return of
    return 0


def _numbers(loads: PartLoads) -> Iterator[int]:
    """The numbers of parts that are tried, each a little above the one before."""
    of, last = 1, max(1, min(MAX_SHARDS, _MOST_PER_ADDRESS * loads.addresses))
    while of <= last:
        yield of
        of = max(of + 1, int(of * _FINER))


def _too_slow(load: PartLoad, whole: Share, fleet: FleetSettings) -> UsageProblem:
    needed = least_seconds(load, whole)
    what = max(needed, key=lambda each: needed[each])
    counts = {"one address": load.host, "one network": load.network, "one name": load.name, "one shard": load.total}
    rates = {
        "one address": whole.per_host, "one network": whole.per_network, "one name": whole.per_name,
        "one shard": whole.total,
    }  # fmt: skip
    return UsageProblem(
        f"{counts[what]:,} ports of {what} take {needed[what]:,.0f} s at {rates[what]:g} connections a second, "
        f"and a shard has {fleet.lease_seconds:,} s for that and for what is open",
        next_step=f"Set `lease_seconds` in [fleet] to {ceil(LEAST_PATIENCE * needed[what]):,} on the coordinator and "
        "on every worker, or ask fewer ports.",
    )
