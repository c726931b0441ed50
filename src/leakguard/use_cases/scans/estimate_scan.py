"""Says what a scan would do, without a packet to a target; names are resolved, as the plan needs their addresses."""

from __future__ import annotations

from typing import Protocol

from leakguard.checks.library import ports_of
from leakguard.models.scope import Scope
from leakguard.scanning.estimate import Estimate, Pace, estimate
from leakguard.use_cases.scans.plan_scan import plan_scan
from leakguard.use_cases.scans.start_scan import ScanOptions, ScanTools, limits_for, pick_checks, plan_again


class EstimateTools(ScanTools, Protocol):
    """What an estimate needs from the outside."""

    def pace(self, timeout: float | None = None) -> Pace:
        """How fast a scan of this process could go; `timeout` in seconds, for a connection to open."""


def estimate_scan(options: ScanOptions, scope: Scope, tools: EstimateTools) -> Estimate:
    """The estimate of what `start_scan` would do with the same options; refuses what it would refuse, but quiet hours.

    The store is read for a run that is resumed, and touched for no other.
    """
    done = 0
    if options.resume is not None:
        _, library, plan = plan_again(options.resume, scope, tools)
        done = sum(sum(state.counts.values()) for state in tools.store.run_states(options.resume).values())
    else:
        library = pick_checks(tools.checks, options.checks, scope)
        plan = plan_scan(options.targets, scope, ports=options.ports or ports_of(library), resolve=tools.resolve)
    limits, pace = limits_for(options, scope), tools.pace(options.timeout)
    return estimate(plan, library, limits, tools.now(), done=done, pace=pace, asked=options.total)
