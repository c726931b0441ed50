"""The ground of a plan: counted without a list, and equal to a list where one can be made."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.targets import Endpoint
from leakguard.scanning.literals import parse_address
from leakguard.scanning.plan import Plan
from leakguard.scanning.plan_extent import PlanExtent, ground_of
from leakguard.scanning.space import Space
from leakguard.scanning.targets import parse_target
from support.scans import gate_of

NAMES = {"mail.example.edu": ("10.0.0.5", "10.0.1.9"), "www.example.edu": ("10.0.0.5",), "gone.example.edu": ()}
GATE = gate_of("10.0.0.0/8", "[2001:db8::]/32", "*.example.edu", exclude=("10.0.0.6", "10.0.2.0/24"))
TEXTS = st.sampled_from(
    [
        "10.0.0.0/24", "10.0.0.250-10.0.1.3", "10.0.0.5:80,443", "10.0.0.5", "10.0.2.0/23", "10.0.0.0/22:9200",
        "mail.example.edu", "www.example.edu:80", "http://10.0.0.5:8080/", "2001:db8::1-2001:db8::4",
        "[2001:db8:0:1::1]",
    ]
)  # fmt: skip


def plan_of(*texts: str) -> Plan:
    return Plan(gate=GATE, targets=tuple(parse_target(text) for text in texts), resolved=NAMES, ports=(80, 9200))


def counted(space: Space) -> PlanExtent:
    """The same by making every endpoint."""
    endpoints = [space.endpoint(index) for index in range(space.size)]
    networks = Counter(network_of(endpoint) for endpoint in endpoints)
    by_address = Counter(endpoint.address for endpoint in endpoints)
    return PlanExtent(
        endpoints=len(endpoints),
        addresses=len(by_address),
        busiest_address=max(by_address.values(), default=0),
        busiest_network=max(networks.values(), default=0),
        by_name=dict(Counter(endpoint.host for endpoint in endpoints if endpoint.host)),
        ports=tuple(sorted({endpoint.port for endpoint in endpoints})),
    )


def network_of(endpoint: Endpoint) -> tuple[int, int]:
    literal = parse_address(endpoint.address)
    assert literal is not None
    return literal.version, int(literal) >> (8 if literal.version == 4 else 64)


@given(st.lists(TEXTS, max_size=5))
def test_the_count_is_that_of_a_list(texts: list[str]) -> None:
    space = plan_of(*texts).space

    assert ground_of(space) == counted(space)


@pytest.mark.parametrize(
    ("text", "endpoints", "busiest_network"),
    [("10.0.0.0/8", 2 * (2**24 - 257), 512), ("10.3.0.0/16", 2 * 2**16, 512), ("10.3.0.0/25", 256, 256)],
)
def test_ten_million_addresses_are_counted_at_once(text: str, endpoints: int, busiest_network: int) -> None:
    ground = ground_of(plan_of(text).space)

    assert (ground.endpoints, ground.busiest_network, ground.busiest_address) == (endpoints, busiest_network, 2)


def test_nothing_is_nothing() -> None:
    assert ground_of(Space()) == PlanExtent()
