"""Orders to workers: a shard of a plan, with the permission to look at it, for one worker alone."""

from __future__ import annotations

from leakguard.fleet.dispatch import Flight
from leakguard.logs import log
from leakguard.models.fleet import Shard
from leakguard.models.moments import to_z
from leakguard.scanning.targets import told_ports
from leakguard.use_cases.fleets.fleet_requests import FleetRequest
from leakguard.use_cases.fleets.fleet_tools import VantageRun
from leakguard.use_cases.fleets.seal import Seal

LISTED_ENDPOINTS = 10_000
"""Above this, closed and silent endpoints are counted and not listed."""
NOBODY = "nobody"
"""In the place of a key, where no worker was heard of yet: an order that nobody takes."""


def shard_order(
    request: FleetRequest, run: VantageRun, flight: Flight, seal: Seal, *, timeout: float | None
) -> Shard:  # fmt: skip
    """One attempt at a shard, for the worker that it is given to."""
    log.info("fleet_order_made", run=run.run, vantage=run.vantage, shard=flight.number, attempt=flight.attempt)
    plan, targets = run.plan, run.targets.of_part(flight.number)
    return Shard(
        scan=request.scan, vantage=run.vantage, not_after=to_z(flight.until), run=run.run,
        number=flight.number, of=run.of, attempt=flight.attempt, scope_text=request.scope_text,
        targets=tuple(target.text for target in targets), resolved=run.targets.resolved_of(targets),
        ports=told_ports(plan.ports), checks=request.checks, order_key=run.order_key, nonsense=run.nonsense,
        holder=seal.key_of(flight.to) or NOBODY, share=run.share, known=run.known.get(flight.number, ()),
        lists_all=plan.count <= LISTED_ENDPOINTS, timeout=timeout,
    )  # fmt: skip
