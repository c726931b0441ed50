"""Says what a scan would do, without a packet to a target; names are resolved, as the plan needs their addresses."""

from __future__ import annotations

from leakguard.checks.library import ports_of
from leakguard.models.scope import Scope
from leakguard.scanning.estimate import Estimate, Pace, estimate
from leakguard.use_cases.plan_scan import plan_scan
from leakguard.use_cases.runs import load_run
from leakguard.use_cases.scan_assets import CONCURRENCY
from leakguard.use_cases.start_scan import ScanTools, ScanWish, limits_for, pick_checks, resumed_wish

PACE = Pace(in_flight=CONCURRENCY)


def estimate_scan(wish: ScanWish, scope: Scope, tools: ScanTools) -> Estimate:
    """The estimate of what `start_scan` would do with the same wish; refuses what it would refuse, but quiet hours.

    The store is read for a run that is resumed, and touched for no other.
    """
    done = 0
    if wish.resume:
        wish = resumed_wish(wish, tools)
        done = sum(load_run(tools.store, wish.resume or "").counts.values())
    library = pick_checks(tools.checks, wish.checks)
    plan = plan_scan(wish.targets, scope, ports=wish.ports or ports_of(library), resolve=tools.resolve)
    return estimate(plan, library, limits_for(wish, scope), tools.now(), done=done, pace=PACE)
