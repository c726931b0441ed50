"""Sets of addresses, held against plain sets of numbers."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from leakguard.scanning.addresses import AddressSet, Ranges, address_set, ranges_of

PARTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)).map(lambda p: (p[0], p[0] + p[1])), max_size=6)


def numbers(ranges: Ranges) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


def spread(parts: list[tuple[int, int]]) -> set[int]:
    return {number for first, last in parts for number in range(first, last + 1)}


@given(PARTS, PARTS, st.integers(0, 70), st.integers(0, 70))
def test_ranges_are_the_sets_that_they_stand_for(
    parts: list[tuple[int, int]], others: list[tuple[int, int]], first: int, last: int
) -> None:
    ranges, other = ranges_of(parts), ranges_of(others)

    assert numbers(ranges) == spread(parts) == {number for number in range(80) if number in ranges}
    assert numbers(ranges.without(other)) == spread(parts) - spread(others)
    assert spread(list(ranges.within(first, last))) == spread(parts) & set(range(first, last + 1))
    assert all(low <= high for low, high in ranges.within(first, last)) or first > last


@given(PARTS)
def test_ranges_are_disjoint_and_do_not_touch(parts: list[tuple[int, int]]) -> None:
    bounds = ranges_of(parts).bounds

    assert list(bounds) == sorted(set(bounds))


def test_an_ipv4_address_inside_an_ipv6_one_is_judged_as_ipv4() -> None:
    own = address_set([ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32")])

    def has(text: str) -> bool:
        literal = ipaddress.ip_address(text)
        return own.has(int(literal), literal.version)

    assert [has(text) for text in ("10.1.2.3", "11.0.0.0", "2001:db8::1", "2001:db9::1")] == [True, False, True, False]
    assert [has(text) for text in ("::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "::ffff:11.0.0.1")] == [True, True, False]


def test_an_exclusion_is_taken_off_both_versions() -> None:
    own = address_set([ipaddress.ip_network("10.0.0.0/30"), ipaddress.ip_network("2001:db8::/126")])
    gone = address_set([ipaddress.ip_network("10.0.0.1/32"), ipaddress.ip_network("2001:db8::/127")])

    left = own.without(gone)

    assert len(numbers(left.v4)) == 3
    assert len(numbers(left.v6)) == 2
    assert (left.of(4), left.of(6)) == (left.v4, left.v6)
    assert AddressSet().of(6) == Ranges()
