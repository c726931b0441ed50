"""The order: every index once, the same for the same key, and no neighbours one after the other."""

from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from leakguard.scanning.order import order_of

KEYS = st.text(max_size=8)


@given(st.integers(0, 3_000), KEYS)
def test_every_index_comes_once(size: int, key: str) -> None:
    order = order_of(size, key)

    assert sorted(index for _, index in order.walk()) == list(range(size))
    assert order.positions <= 2 * size + 4


@given(st.integers(1, 2_000), KEYS, st.integers(0, 2_000), st.integers(0, 2_000))
def test_any_position_is_a_place_to_go_on_from(size: int, key: str, first: int, until: int) -> None:
    order = order_of(size, key)
    whole = list(order.walk())

    assert list(order.walk(first, until=until)) == [pair for pair in whole if first <= pair[0] < until]
    assert all(order.at(position) == index for position, index in whole)
    assert {order.at(position) for position in range(order.positions)} - {None} == set(range(size))


def test_the_same_key_gives_the_same_order_and_another_key_another_one() -> None:
    one, same, other = (list(order_of(1_000, key).walk()) for key in ("a", "a", "b"))

    assert one == same
    assert one != other


def test_a_run_that_another_release_began_goes_on_in_the_order_in_which_it_began() -> None:
    """A place is all that is kept of it, so in any other order it would skip some and ask others twice."""
    assert [index for _, index in islice(order_of(1_000, "R-1").walk(), 6)] == [312, 786, 630, 88, 60, 224]
    assert order_of(2**70, "R-1").at(2**69) == 1097002754737350748054


def test_a_network_gets_no_burst() -> None:
    """Of 256 probes in a row over 256 networks hardly any network gets more than a few."""
    networks = [index >> 8 for _, index in islice(order_of(2**16, "R-1").walk(), 256)]

    assert max(networks.count(network) for network in set(networks)) <= 8


def test_a_space_of_ipv6_size_is_ordered_without_being_listed() -> None:
    order = order_of(2**70, "R-1")

    pairs = list(islice(order.walk(2**69), 3))

    assert all(0 <= index < 2**70 for _, index in pairs)
    assert len({index for _, index in pairs}) == 3
