"""Which limit binds a run, and which rate it allows."""

from __future__ import annotations

from leakguard.models.scan_state import BindingLimit
from leakguard.models.scope import Limits
from leakguard.scanning.plan_extent import PlanExtent


def binding_limit(ground: PlanExtent, limits: Limits, asked: float | None = None) -> BindingLimit:
    """The limit that needs longest for one connection to each endpoint; `asked` is the total that was requested."""
    rates = {
        "total": limits.total, "per_network": limits.per_network, "per_host": limits.per_host,
        "per_name": limits.per_name,
    }  # fmt: skip
    loads = {
        "total": ground.endpoints, "per_network": ground.busiest_network, "per_host": ground.busiest_address,
        "per_name": max(ground.by_name.values(), default=0),
    }  # fmt: skip
    needed = {name: loads[name] / rate for name, rate in rates.items()}
    name = max(needed, key=lambda each: needed[each])
    seconds = needed[name]
    allows = ground.endpoints / seconds if seconds else rates[name]
    return BindingLimit(limit=name, rate=rates[name], allows=allows, least_seconds=seconds, asked=asked)
