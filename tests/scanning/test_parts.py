"""A plan is cut by address: each is in one part, whatever led to it, and the shares add up to the limits."""

from __future__ import annotations

import re
from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.models.fleet_settings import FleetSettings
from leakguard.models.industrial import INDUSTRIAL_PORTS
from leakguard.models.scope import Limits
from leakguard.probes.wire.rate import network_of
from leakguard.scanning.parts import SHARD_ENDPOINTS, Cut, at_once_of, cut_of, part_of_plan, share_of
from leakguard.scanning.plan import Plan
from leakguard.scanning.space import part_of
from leakguard.scanning.targets import parse_target
from support.scans import gate_of

GATE = gate_of("10.0.0.0/8", "2001:db8::/64", "mail.example.edu", "one.example.edu", exclude=("10.0.0.7",))
RESOLVED = {"one.example.edu": ("10.0.1.1",), "mail.example.edu": ("10.0.0.3", "2001:db8::5")}
TARGETS = ("10.0.0.0/28", "10.0.0.3:80", "mail.example.edu:9200", "2001:db8::1-2001:db8::9", "10.0.0.20-10.0.0.22:1-3")


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


def least(plan: Plan, cut: Cut, limits: Limits, *, vantages: int = 1) -> float:
    """The least seconds of the slowest shard, counted shard by shard and endpoint by endpoint."""
    share, slowest = share_of(limits, vantages=vantages, workers=cut.at_once), 0.0
    for number in range(cut.of):
        part = list(part_of_plan(plan, number, cut.of).endpoints())
        by_host = Counter(each.address for each in part)
        by_network = Counter(network_of(each.address) for each in part)
        by_name = Counter(each.host for each in part if each.host)
        slowest = max(
            slowest, (len(part) + 1) / share.total if part else 0,
            *(count / share.per_host for count in by_host.values()),
            *(count / share.per_network for count in by_network.values()),
            *(count / share.per_name for count in by_name.values()),
        )  # fmt: skip
    return slowest


def settings(workers: int = 4, lease: int = 300) -> FleetSettings:
    return FleetSettings(broker="redis://localhost", workers=workers, lease_seconds=lease)


DEFAULT_PORTS = tuple(range(1, 149))
"""As many as the checks that ship ask for."""


@pytest.mark.parametrize(
    ("target", "workers", "vantages"),
    [("10.0.0.0/24", 4, 2), ("10.0.0.0/24", 50, 1), ("mail.example.edu", 50, 1), ("10.0.0.1", 50, 2),
     ("10.0.0.0/22", 50, 3), ("2001:db8::/120", 20, 2)],
)  # fmt: skip
def test_every_default_port_of_an_ordinary_target_fits_into_a_lease(target: str, workers: int, vantages: int) -> None:
    plan, limits = plan_of(target, ports=DEFAULT_PORTS), Limits()

    cut = cut_of(plan, limits, settings(workers), vantages=vantages)

    assert least(plan, cut, limits, vantages=vantages) <= 300 / 2


def test_fewer_shards_are_in_flight_than_there_are_workers_where_a_share_of_a_name_would_be_too_small() -> None:
    """148 ports take 14.8 s at the whole of the limit to a name, and 740 s at a fiftieth of it."""
    cut = cut_of(plan_of("mail.example.edu", ports=DEFAULT_PORTS), Limits(), settings(50), vantages=1)

    assert cut.at_once <= 5


PLACES = st.one_of(
    st.builds(lambda net, last: f"10.0.{net}.{last}", st.integers(0, 3), st.integers(0, 255)),
    st.builds(lambda net, size: f"10.0.{net}.0/{size}", st.integers(0, 3), st.integers(25, 30)),
    st.builds(lambda last: f"2001:db8::{last:x}", st.integers(0, 300)),
    st.just("mail.example.edu"),
)
RATES = st.floats(0.05, 1_000)


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    targets=st.lists(PLACES, min_size=1, max_size=6), ports=st.integers(1, 200), workers=st.integers(1, 100),
    vantages=st.integers(1, 5), lease=st.integers(5, 600),
    limits=st.builds(Limits, total=RATES, per_host=RATES, per_network=RATES, per_name=RATES),
)  # fmt: skip
def test_every_shard_of_any_plan_fits_into_its_lease_or_the_plan_is_refused_with_a_lease_that_is_long_enough(
    targets: list[str], ports: int, workers: int, vantages: int, lease: int, limits: Limits
) -> None:
    plan = plan_of(*targets, ports=tuple(range(1, ports + 1)))
    try:
        cut = cut_of(plan, limits, settings(workers, lease), vantages=vantages)
    except UsageProblem as refused:
        found = re.search(r"to ([\d,]+) on the coordinator", refused.next_step)
        assert found is not None
        lease = int(found[1].replace(",", ""))
        cut = cut_of(plan, limits, settings(workers, lease), vantages=vantages)

    share = share_of(limits, vantages=vantages, workers=cut.at_once)
    assert cut.at_once <= workers
    assert least(plan, cut, limits, vantages=vantages) <= lease / 2 * 1.000001
    assert share.total * cut.at_once * vantages <= limits.total * 1.000001
    assert share.per_host * vantages <= limits.per_host * 1.000001
    assert share.per_network * cut.at_once * vantages <= limits.per_network * 1.000001
    assert share.per_name * cut.at_once * vantages <= limits.per_name * 1.000001
    assert at_once_of(plan, cut.of, limits, settings(workers, lease), vantages=vantages) >= cut.at_once


def test_addresses_that_share_a_remainder_are_still_parted() -> None:
    """Every first address of a network: in 8 or 256 parts they would all be in one."""
    targets = tuple(f"10.{upper}.{lower}.1" for upper in range(4) for lower in range(256))
    plan, limits = plan_of(*targets, ports=DEFAULT_PORTS), Limits(total=1_000)

    cut = cut_of(plan, limits, settings(), vantages=1)

    assert least(plan, cut, limits) <= 300 / 4


def test_a_shard_is_never_so_large_that_its_result_is() -> None:
    plan = plan_of("10.0.0.0/8")
    limits = Limits(total=100_000.0, per_network=10_000.0)

    cut = cut_of(plan, limits, settings(), vantages=1)

    assert max(part_of_plan(plan, number, cut.of).count for number in range(0, cut.of, 97)) <= SHARD_ENDPOINTS


def test_a_small_plan_has_work_for_every_worker() -> None:
    limits = Limits(total=800.0, per_host=50, per_network=800.0, per_name=800.0)

    assert cut_of(plan_of("10.0.0.0/24"), limits, settings(), vantages=1) == Cut(of=8, at_once=4)
    assert cut_of(plan_of("10.0.0.0/30", ports=(80, 443)), limits, settings(), vantages=1) == Cut(of=4, at_once=4)
    assert cut_of(plan_of("gone.example.edu"), limits, settings(), vantages=1) == Cut(of=1, at_once=1)


def test_an_address_with_more_ports_than_its_limit_allows_in_time_is_refused_with_numbers_and_a_way_out() -> None:
    ports = 65_535 - len(INDUSTRIAL_PORTS)
    seconds = ports // Limits().per_host

    with pytest.raises(
        UsageProblem, match=f"{ports:,} ports of one address take {seconds:,.0f} s at 5 connections"
    ) as refused:
        cut_of(plan_of("10.0.0.1:1-65535"), Limits(), settings(), vantages=1)

    assert f"`lease_seconds` in [fleet] to {ceil(2 * ports / Limits().per_host):,}" in refused.value.next_step


def test_a_plan_of_more_shards_than_there_may_be_is_refused_by_its_size() -> None:
    fast = Limits(total=1e7, per_host=1e7, per_network=1e7, per_name=1e7)

    endpoints = 16_777_215 * sum(port not in INDUSTRIAL_PORTS for port in range(1, 1001))

    with pytest.raises(UsageProblem, match=f"{endpoints:,} endpoints are too many for one scan by a fleet"):
        cut_of(plan_of("10.0.0.0/8", ports=tuple(range(1, 1001))), fast, settings(), vantages=1)


def test_an_address_that_is_named_by_a_url_has_no_name_whose_limit_would_bind() -> None:
    limits = Limits(per_name=0.01)

    assert cut_of(plan_of("http://10.0.0.3:80"), limits, settings(), vantages=1) == Cut(of=1, at_once=1)


def test_a_name_whose_limit_is_too_low_is_refused() -> None:
    ports = sum(port not in INDUSTRIAL_PORTS for port in DEFAULT_PORTS)

    with pytest.raises(UsageProblem, match=rf"{ports} ports of one name take {ports * 10:,} s at 0\.1 connections"):
        cut_of(plan_of("one.example.edu", ports=DEFAULT_PORTS), Limits(per_name=0.1), settings(), vantages=1)


def test_a_scan_that_goes_on_with_lower_limits_than_its_shards_were_cut_for_is_refused() -> None:
    plan, limits = plan_of("10.0.0.0/24", ports=DEFAULT_PORTS), Limits()
    cut = cut_of(plan, limits, settings(), vantages=1)

    with pytest.raises(UsageProblem, match="a shard has 300 s"):
        at_once_of(plan, cut.of, Limits(per_host=0.1), settings(), vantages=1)
