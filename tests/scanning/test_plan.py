"""The plan: every endpoint once, in flat memory, and nothing that the scope excludes."""

from __future__ import annotations

import tracemalloc
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import OutOfScope
from leakguard.models.industrial import INDUSTRIAL_PORTS
from leakguard.scanning.plan import Plan, names_to_resolve, scope_buckets, scope_targets
from leakguard.scanning.target_refusals import dropped_of, refuse_out_of_scope, target_refusal
from leakguard.scanning.targets import parse_target
from support.bucket_hosts import bucket_host
from support.scans import gate_of, scope_of

PUBLIC = "93.184.216.34"


def plan_of(
    *targets: str,
    include: tuple[str, ...] = ("10.0.0.0/8",),
    exclude: tuple[str, ...] = (),
    resolved: dict[str, tuple[str, ...]] | None = None,
    ports: tuple[int, ...] = (9200, 6379),
) -> Plan:
    return Plan(
        gate=gate_of(*include, exclude=exclude),
        targets=tuple(parse_target(text) for text in targets),
        resolved=resolved or {},
        ports=ports,
    )


def shown(plan: Plan) -> list[str]:
    return [endpoint.target for endpoint in plan.endpoints()]


def test_what_was_named_comes_first_and_every_port_of_an_address_is_planned() -> None:
    assert shown(plan_of("10.0.0.0/31", "10.0.0.9:80")) == [
        "10.0.0.9:80",
        "10.0.0.0:9200",
        "10.0.0.0:6379",
        "10.0.0.1:9200",
        "10.0.0.1:6379",
    ]


def test_excluded_addresses_are_left_out_and_not_counted() -> None:
    plan = plan_of("10.0.0.0/30", exclude=("10.0.0.1", "10.0.0.3"), ports=(80,))

    assert plan.count == 2
    assert shown(plan) == ["10.0.0.0:80", "10.0.0.2:80"]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), min_size=1, max_size=4),
    st.sets(st.integers(0, 60), max_size=8),
    st.integers(1, 3),
)
def test_every_endpoint_is_planned_once_however_the_ranges_overlap(
    ranges: list[tuple[int, int]], excluded: set[int], port_count: int
) -> None:
    plan = plan_of(
        *(f"10.0.0.{low}-10.0.0.{low + length}" for low, length in ranges),
        exclude=tuple(f"10.0.0.{number}" for number in excluded),
        ports=tuple(range(80, 80 + port_count)),
    )
    wished = {number for low, length in ranges for number in range(low, low + length + 1)} - excluded

    generated = shown(plan)

    assert plan.count == len(generated) == len(set(generated)) == len(wished) * port_count
    assert set(generated) == {f"10.0.0.{number}:{80 + port}" for number in wished for port in range(port_count)}


@pytest.mark.parametrize("network", ["10.0.0.0/8", "2001:db8::/32"])
def test_the_first_endpoints_of_a_huge_network_come_at_once_and_memory_stays_flat(network: str) -> None:
    plan = plan_of(network, include=(network,), ports=tuple(range(9200, 9215)))

    tracemalloc.start()
    found = sum(1 for _ in islice(plan.endpoints(), 2000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == 2000
    assert plan.count >= 15 * 2**24
    assert peak < 1_000_000


def test_all_ports_of_a_host_are_planned_without_delay() -> None:
    """A tuple of 65,535 ports must not be searched 65,535 times."""
    assert sum(1 for _ in plan_of("10.0.0.1:1-65535").endpoints()) == 65535 - len(INDUSTRIAL_PORTS)


def test_a_name_leads_to_all_its_addresses_that_the_scope_allows() -> None:
    plan = plan_of(
        "mail.example.edu:9200",
        include=("mail.example.edu", "10.0.0.0/28"),
        resolved={"mail.example.edu": (PUBLIC, "10.0.0.1", "10.0.1.1")},
    )

    found = list(plan.endpoints())

    assert plan.count == 2
    assert [(each.address, each.host, each.target) for each in found] == [
        (PUBLIC, "mail.example.edu", f"{PUBLIC}:9200"),
        ("10.0.0.1", "mail.example.edu", "10.0.0.1:9200"),
    ]
    assert len({each.key for each in found}) == 2


def test_only_an_endpoint_that_the_user_named_is_named() -> None:
    plan = plan_of("10.0.0.1:80", "10.0.0.2", "10.0.0.0/31:80", "10.0.0.5:80")

    assert {each.address for each in plan.endpoints() if each.named} == {"10.0.0.1", "10.0.0.5"}


def test_a_bucket_alone_is_asked_for_at_its_provider() -> None:
    host = bucket_host("campus")
    plan = plan_of("s3://campus", include=("s3://campus",), resolved={host: (PUBLIC, "10.0.0.1")})

    (found,) = plan.endpoints()

    assert plan.count == 1
    assert (found.address, found.port, found.host, found.buckets, found.named) == (PUBLIC, 443, host, ("campus",), True)
    plan.gate.check(found)


def test_an_excluded_provider_address_is_left_out() -> None:
    host = bucket_host("campus")

    assert shown(plan_of("s3://campus", include=("s3://campus",), exclude=(PUBLIC,), resolved={host: (PUBLIC,)})) == []


@pytest.mark.parametrize("asset", ["s3://campus", "10.0.0.0/30", "10.0.0.1"])
def test_what_the_scope_lists_and_excludes_is_excluded_and_not_told_as_dropped(asset: str) -> None:
    target, gate = parse_target(asset), gate_of(asset, exclude=(asset,))

    assert target_refusal(target, gate, {}) is not None
    assert dropped_of([target], gate, {}) == ()


def test_an_endpoint_is_asked_for_the_buckets_of_the_scope_and_no_others() -> None:
    include = ("10.0.0.0/8", "s3://one", "s3://two", "s3://one", "gs://three", "s3://four")
    plan = plan_of(
        "10.0.0.1:80", "s3://10.0.0.1:9000/two", "http://10.0.0.1:9001/strange", "s3://10.0.0.1:9002/strange",
        "s3://10.0.0.1:9003", include=include, exclude=("s3://four",),
    )  # fmt: skip

    assert {each.port: each.buckets for each in plan.endpoints()} == {
        80: ("one", "two"),
        9000: ("two",),
        9001: ("one", "two"),
        9002: (),
        9003: ("one", "two"),
    }


def test_a_scope_is_its_own_list_of_targets() -> None:
    scope = scope_of(
        "10.0.0.0/24", "[::1]", "mail.example.edu", "*.lab.example.edu", "s3://b", "gs://c", "aws://123456789012"
    )

    assert [target.text for target in scope_targets(scope)] == [
        "10.0.0.0/24",
        "[::1]",
        "mail.example.edu",
        "s3://b",
        "gs://c",
    ]
    assert scope_buckets(scope) == ("b",)


def test_names_of_targets_buckets_and_exclusions_are_resolved_once() -> None:
    targets = [parse_target(text) for text in ("mail.example.edu:80", "mail.example.edu", "10.0.0.1", "s3://b")]

    names = names_to_resolve(targets, scope_of("10.0.0.0/8", exclude=("hr.example.edu", "10.0.0.1")))

    assert names == ("mail.example.edu", bucket_host("b"), "hr.example.edu")
    assert parse_target("s3://10.0.0.1/b").provider_host is None


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("10.0.0.0/23", "reaches beyond"),
        ("10.0.0.250-10.0.1.3", "reaches beyond"),
        ("10.0.1.1", "not in the scope"),
        ("10.0.0.16/28", "all of it is excluded"),
        ("10.0.0.17", "excluded by the scope"),
        ("s3://strange", "the bucket `strange` is not in the scope"),
        ("s3://10.0.0.1/strange", "the bucket `strange` is not in the scope"),
        ("strange.example", "not in the scope"),
        ("unknown.example", "`unknown.example` is not in the scope"),
        ("inside.example.edu", "inside address"),
        ("hr.example.edu", "excluded"),
    ],
)
def test_a_target_outside_is_refused_with_its_reason(target: str, says: str) -> None:
    gate = gate_of("10.0.0.0/24", "*.example.edu", exclude=("10.0.0.16/28", "hr.example.edu"))
    resolved = {"strange.example": (PUBLIC,), "inside.example.edu": ("10.9.9.9",), "hr.example.edu": (PUBLIC,)}

    with pytest.raises(OutOfScope, match=says) as caught:
        refuse_out_of_scope([parse_target(target)], gate, resolved)

    assert target in caught.value.message
    assert caught.value.next_step


def test_every_target_outside_is_named_at_once() -> None:
    gate = gate_of("10.0.0.0/24")

    with pytest.raises(OutOfScope, match=r"2 of 3 targets") as caught:
        refuse_out_of_scope([parse_target(text) for text in ("10.0.0.1", "10.1.0.1", "s3://b")], gate, {})

    assert "10.1.0.1" in caught.value.message
    assert "s3://b" in caught.value.message


@pytest.mark.parametrize(
    "target",
    [
        "10.0.0.0/24",
        "10.0.0.0/25",
        "10.0.0.1",
        "s3://b",
        "s3://10.0.0.1:9000/b",
        "some.example.edu",
        "nowhere.example.edu",
        "both.example.edu",
    ],
)
def test_a_target_inside_passes_even_if_a_part_of_it_is_excluded(target: str) -> None:
    gate = gate_of("10.0.0.0/25", "10.0.0.128/25", "*.example.edu", "s3://b", exclude=("10.0.0.7",))
    resolved = {"some.example.edu": (PUBLIC,), "both.example.edu": ("192.168.0.1", PUBLIC)}

    assert target_refusal(parse_target(target), gate, resolved) is None
    refuse_out_of_scope([parse_target(target)], gate, resolved)


def test_a_name_without_an_address_is_named_as_not_looked_at() -> None:
    plan = plan_of("mail.example.edu:9200", "10.0.0.1:80", include=("mail.example.edu", "10.0.0.0/28"), resolved={})

    assert plan.unresolved == ("mail.example.edu",)
    assert plan.count == 1
