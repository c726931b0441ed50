"""Estimates a scan from several vantages: what each would do, in which shards, how long. Nothing is sent to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from leakguard.frozen import Frozen, replace
from leakguard.models.fleet import Share
from leakguard.models.scope import Limits, Scope
from leakguard.scanning.estimate import Estimate, Pace, estimate
from leakguard.scanning.parts import cut_of, share_of
from leakguard.scanning.plan import Plan, names_to_resolve, scope_targets
from leakguard.scanning.scope.file import parse_scope
from leakguard.use_cases.fleets.fleet_plan import go_on, plan_of
from leakguard.use_cases.fleets.fleet_requests import FleetRequest, request_of
from leakguard.use_cases.fleets.fleet_tools import FleetTools, VantageRun
from leakguard.use_cases.scans.plan_scan import resolve_all
from leakguard.use_cases.scans.start_scan import ScanOptions


class FleetEstimateTools(FleetTools, Protocol):
    """What an estimate needs from the outside."""

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a name, as seen from the coordinator."""

    def pace(self, timeout: float | None = None) -> Pace:
        """How fast a scan of one process could go."""


class VantageEstimate(Frozen):
    """What one vantage would do."""

    vantage: str
    shards: int
    """How many it would still be sent."""
    at_once: int
    """How many of them would be under way at once."""
    share: Share
    """The limits of each of those."""
    estimate: Estimate
    """Of all of them together, where each has a worker."""


class FleetEstimate(Frozen):
    """What a scan from several vantages would do."""

    scope: Scope
    vantages: tuple[VantageEstimate, ...]


def estimate_fleet(
    options: ScanOptions, scope_text: str, tools: FleetEstimateTools, *, scope_name: str
) -> FleetEstimate:
    """The estimate of what `fleet_scan` would do with the same options; refuses what it would refuse, but quiet hours.

    Names are resolved here, as no worker is asked; each vantage goes by what they lead to from there.
    """
    scope = parse_scope(scope_text, name=scope_name, now=tools.now())
    request = request_of(options, scope, scope_text, tools)
    if options.resume is not None:
        runs = [go_on(request, tools, vantage) for vantage in request.vantages]
        parts = [_part_of_run(run) for run in runs]
        return _estimates(request, parts, tools, timeout=options.timeout)
    names, several = names_to_resolve(request.targets or scope_targets(scope), scope), len(request.vantages)
    plan = plan_of(request, request.targets, resolve_all(names, tools.resolve))
    cut = cut_of(plan, request.limits, tools.fleet, vantages=several)
    share = share_of(request.limits, vantages=several, workers=cut.at_once)
    parts = [
        _Part(vantage=vantage, plan=plan, shards=cut.of, at_once=cut.at_once, share=share)
        for vantage in request.vantages
    ]
    return _estimates(request, parts, tools, timeout=options.timeout)


class _Part(Frozen):
    vantage: str
    plan: Plan
    shards: int
    at_once: int
    share: Share
    done: int = 0


def _part_of_run(run: VantageRun) -> _Part:
    """What a stopped run has left to do."""
    left = run.of - len(run.counts)
    return _Part(
        vantage=run.vantage, plan=run.plan, shards=left, at_once=min(run.lane.workers, left), share=run.share,
        done=sum(sum(counts.values()) for counts in run.counts.values()),
    )  # fmt: skip


def _estimates(
    request: FleetRequest, parts: Sequence[_Part], tools: FleetEstimateTools, *, timeout: float | None
) -> FleetEstimate:  # fmt: skip
    """All shards of a vantage that are under way at once share its part of the limits."""
    whole = share_of(request.limits, vantages=len(request.vantages), workers=1)
    pace_of_worker, limits = tools.pace(timeout), Limits(**whole.model_dump())
    found = []
    for part in parts:
        many = max(1, part.at_once)
        pace = replace(
            pace_of_worker,
            swept_at_once=pace_of_worker.swept_at_once * many,
            examined_at_once=pace_of_worker.examined_at_once * many,
        )
        each = estimate(part.plan, request.library, limits, tools.now(), done=part.done, pace=pace)
        found.append(
            VantageEstimate(
                vantage=part.vantage, shards=part.shards, at_once=part.at_once, share=part.share, estimate=each
            )
        )
    return FleetEstimate(scope=request.scope, vantages=tuple(found))
