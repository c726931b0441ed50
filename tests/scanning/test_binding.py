"""Which limit binds a run, and which rate it allows in all."""

from __future__ import annotations

import pytest

from leakguard.models.scope import Limits
from leakguard.scanning.binding import binding_limit
from leakguard.scanning.plan_extent import PlanExtent

LIMITS = Limits(total=100, per_host=5, per_network=50, per_name=10)


@pytest.mark.parametrize(
    ("ground", "limit", "rate", "allows", "seconds"),
    [
        (PlanExtent(endpoints=100, addresses=1, busiest_address=100, busiest_network=100), "per_host", 5, 5, 20),
        (PlanExtent(endpoints=400, addresses=4, busiest_address=100, busiest_network=400), "per_host", 5, 20, 20),
        (
            PlanExtent(endpoints=512, addresses=512, busiest_address=1, busiest_network=512),
            "per_network", 50, 50, 10.24,
        ),
        (PlanExtent(endpoints=9000, addresses=9000, busiest_address=1, busiest_network=256), "total", 100, 100, 90),
        (
            PlanExtent(endpoints=40, addresses=40, busiest_address=1, busiest_network=1, by_name={"a": 40}),
            "per_name", 10, 10, 4,
        ),
        (PlanExtent(), "total", 100, 100, 0),
    ],
)  # fmt: skip
def test_the_limit_that_needs_longest_binds(
    ground: PlanExtent, limit: str, rate: float, allows: float, seconds: float
) -> None:
    found = binding_limit(ground, LIMITS, asked=500)

    assert (found.limit, found.rate, found.asked) == (limit, rate, 500)
    assert found.allows == pytest.approx(allows)
    assert found.least_seconds == pytest.approx(seconds)
