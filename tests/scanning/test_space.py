"""The space: endpoints as numbers, parts that share nothing, overlaps counted once."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.scanning.order import order_of
from leakguard.scanning.plan import Plan
from leakguard.scanning.space import Space, Stretch, part_of
from leakguard.scanning.targets import parse_target
from support.scans import gate_of

TARGETS = st.lists(
    st.builds(
        lambda low, length, ports, form: (
            f"http://10.0.0.{low}:81" if form == "url" else f"10.0.0.{low}:{ports}" if form == "named"
            else f"10.0.0.{low}-10.0.0.{low + length}"
        ),
        st.integers(0, 40), st.integers(1, 20), st.sampled_from(["80", "81", "80-82"]),
        st.sampled_from(["url", "named", "range"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def space_of(*targets: str, exclude: tuple[str, ...] = (), ports: tuple[int, ...] = (80, 81)) -> Space:
    wished = tuple(parse_target(text) for text in targets)
    return Plan(gate=gate_of("10.0.0.0/8", exclude=exclude), targets=wished, resolved={}, ports=ports).space


def places(space: Space) -> list[str]:
    return [space.endpoint(index).target for index in range(space.size)]


def wished_for(targets: list[str]) -> set[str]:
    found = set()
    for text in targets:
        target = parse_target(text)
        for number in range(int(target.first or 0), int(target.last or 0) + 1):
            found |= {f"{ipaddress.ip_address(number)}:{port}" for port in target.ports or (80, 81)}
    return found


@given(TARGETS, st.sets(st.integers(0, 60), max_size=5))
def test_however_wishes_overlap_each_endpoint_is_there_once(targets: list[str], gone: set[int]) -> None:
    space = space_of(*targets, exclude=tuple(f"10.0.0.{number}" for number in gone))
    excluded = {f"10.0.0.{number}:{port}" for number in gone for port in (80, 81, 82)}

    found = places(space)

    assert len(found) == len(set(found))
    assert set(found) == wished_for(targets) - excluded


@given(TARGETS, st.integers(1, 5))
def test_the_parts_hold_every_endpoint_once(targets: list[str], of: int) -> None:
    space = space_of(*targets)

    assert sorted(place for number in range(of) for place in places(space.part(number, of))) == sorted(places(space))


@given(TARGETS, st.integers(1, 5))
def test_an_address_is_in_one_part_whatever_led_to_it(targets: list[str], of: int) -> None:
    space = space_of(*targets)

    for number in range(of):
        part = space.part(number, of)
        assert {part_of(part.endpoint(index).address, of) for index in range(part.size)} <= {number}


def test_spots_come_in_the_order_and_know_their_endpoint() -> None:
    space = space_of("10.0.0.0/29", "http://10.0.1.1:81")
    order = order_of(space.size, "R-1")

    spots = list(space.sweep_endpoints(order))

    assert sorted(spot.number for spot in spots) == list(range(17))
    for spot in spots:
        endpoint = space.endpoint(spot.number)
        assert (endpoint.address, endpoint.port) == (spot.address, spot.port)
    assert list(space.sweep_endpoints(order, spots[5].position)) == spots[5:]


@pytest.mark.parametrize("network", ["10.0.0.0/8", "2001:db8::/32"])
def test_a_huge_network_is_parted_and_counted_without_being_listed(network: str) -> None:
    wished = ipaddress.ip_network(network)
    stretch = Stretch(first=int(wished[0]), last=int(wished[-1]), version=wished.version, ports=(80, 81))
    space = Space(stretches=(stretch,))

    parts = [space.part(number, 7) for number in range(7)]

    assert sum(part.size for part in parts) == space.size == 2 * wished.num_addresses
    assert space.endpoint(space.size - 1).address == str(wished[-1])
    assert max(part.size for part in parts) - min(part.size for part in parts) <= 2
