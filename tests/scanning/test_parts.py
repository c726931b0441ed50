"""A plan is cut by address: each is in one part, whatever led to it, and the shares add up to the limits."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.models.fleet import Share
from leakguard.models.fleet_settings import FleetSettings
from leakguard.models.scope import Limits
from leakguard.scanning.parts import SHARD_ENDPOINTS, part_of_plan, shards_of, share_of
from leakguard.scanning.plan import Plan
from leakguard.scanning.space import part_of
from leakguard.scanning.targets import parse_target
from support.scans import gate_of

GATE = gate_of("10.0.0.0/8", "2001:db8::/64", "mail.example.edu", exclude=("10.0.0.7",))
RESOLVED = {"mail.example.edu": ("10.0.0.3", "2001:db8::5")}
TARGETS = ("10.0.0.0/28", "10.0.0.3:80", "mail.example.edu:9200", "2001:db8::1-2001:db8::9", "10.0.0.20-10.0.0.22:1-3")


def share_at(total: float) -> Share:
    return Share(total=total, per_host=5.0, per_network=50.0, per_name=10.0)


def plan_of(*targets: str, ports: tuple[int, ...] = (9200,)) -> Plan:
    return Plan(gate=GATE, targets=tuple(parse_target(text) for text in targets), resolved=RESOLVED, ports=ports)


@given(st.integers(1, 40))
def test_the_parts_together_are_the_plan(of: int) -> None:
    plan = plan_of(*TARGETS)
    parts = [part_of_plan(plan, number, of) for number in range(of)]

    together = Counter(endpoint for part in parts for endpoint in part.endpoints())

    assert together == Counter(plan.endpoints())
    assert sum(part.count for part in parts) == plan.count


@given(st.integers(1, 40))
def test_an_address_is_in_one_part_whichever_target_led_to_it(of: int) -> None:
    plan = plan_of(*TARGETS)
    owners: dict[str, set[int]] = {}
    for number in range(of):
        for endpoint in part_of_plan(plan, number, of).endpoints():
            owners.setdefault(endpoint.address, set()).add(number)

    assert all(numbers == {part_of(address, of)} for address, numbers in owners.items())


def test_a_part_of_a_huge_plan_is_found_at_once() -> None:
    plan = plan_of("10.0.0.0/8")

    part = part_of_plan(plan, 4_095, 4_096)

    assert part.count == 4_096
    assert next(part.endpoints()).address == "10.0.15.255"


def test_the_zone_of_an_address_is_no_part_of_it() -> None:
    assert part_of("fe80::5%eth0", 4) == part_of("fe80::5", 4)


@given(st.floats(1, 10_000), st.floats(0.1, 100), st.integers(1, 20), st.integers(1, 100))
def test_all_shares_together_are_the_limits(total: float, per_host: float, vantages: int, workers: int) -> None:
    share = share_of(Limits(total=total, per_host=per_host), vantages=vantages, workers=workers)

    assert share.total * vantages * workers == pytest.approx(total)
    assert share.per_host * vantages == pytest.approx(per_host)
    assert share.per_network * vantages * workers == pytest.approx(50)
    assert share.per_name * vantages * workers == pytest.approx(10)


SETTINGS = FleetSettings(broker="redis://localhost", workers=4, lease_seconds=300)


def test_a_shard_is_done_in_a_quarter_of_its_time() -> None:
    plan = plan_of("10.0.0.0/16")

    of = shards_of(plan, share_at(20.0), SETTINGS)

    assert plan.count / of <= 20 * 300 / 4


def test_a_shard_is_never_so_large_that_its_result_is() -> None:
    plan = plan_of("10.0.0.0/8")

    of = shards_of(plan, share_at(10_000.0), SETTINGS)

    assert plan.count / of <= SHARD_ENDPOINTS


def test_a_small_plan_has_work_for_every_worker_and_no_more_shards_than_addresses() -> None:
    share = share_at(100.0)

    assert shards_of(plan_of("10.0.0.0/24"), share, SETTINGS) == 8
    assert shards_of(plan_of("10.0.0.0/30", ports=(80, 443)), share, SETTINGS) == 4
    assert shards_of(plan_of("gone.example.edu"), share, SETTINGS) == 1


def test_an_address_with_more_ports_than_its_limit_allows_in_time_is_refused() -> None:
    with pytest.raises(UsageProblem, match="65,535 ports of one address take 13,107 s"):
        shards_of(plan_of("10.0.0.1:1-65535"), share_at(100.0), SETTINGS)
