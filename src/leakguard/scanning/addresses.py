"""Sets of addresses as sorted ranges of whole numbers: asked for each connection, so they must answer at once."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from leakguard.frozen import Frozen

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Range = tuple[int, int]
"""First and last address as whole numbers, both included."""
_MAPPED = 0xFFFF
_V4_INSIDE = frozenset({_MAPPED, 0x64_FF9B << 64})
"""The upper 96 bits of an IPv6 address that leads to an IPv4 one: mapped (RFC 4291) and NAT64 (RFC 6052)."""
_OTHER_V4_INSIDE = frozenset({0, 0xFFFF_0000})
"""The same of those that mean an IPv4 address but are no plain way to it: compatible (RFC 4291) and SIIT (RFC 2765)."""
_6TO4, _TEREDO, _LOCAL_NAT64 = 0x2002, 0x2001_0000, 0x64_FF9B_0001
"""How such an address of a tunnel or of an operator's own translator begins (RFC 3056, RFC 4380, RFC 8215)."""
_LOW_32 = 0xFFFF_FFFF


def hidden_v4(number: int) -> tuple[int, ...]:
    """The IPv4 addresses that an IPv6 address may lead to by a tunnel or a translator.

    An operator's own prefix may be as long as they like, and its length tells where the bits are (RFC 6052, 2.2), so
    all that it may mean are told; so are both ends of a Teredo tunnel.
    """
    if number >> 32 in _V4_INSIDE or (number >> 32 in _OTHER_V4_INSIDE and number > 1):
        return (number & _LOW_32,)
    if number >> 112 == _6TO4:
        return (number >> 80 & _LOW_32,)
    if number >> 96 == _TEREDO:
        return (number >> 64 & _LOW_32, ~number & _LOW_32)
    if number >> 80 == _LOCAL_NAT64:
        return (number & _LOW_32, *(_around_octet(number, prefix) for prefix in (48, 56, 64)))
    return ()


def _around_octet(number: int, prefix: int) -> int:
    """The 32 bits behind a prefix, without the octet from bit 64 to bit 71, which no IPv4 address has a part in."""
    without = number >> 64 << 56 | number & (1 << 56) - 1
    return without >> (88 - prefix) & _LOW_32


class Ranges(Frozen, kw_only=False):
    """Disjoint ranges of one IP version, sorted, none of them touching the next."""

    bounds: tuple[int, ...] = ()
    """First, last + 1, first, last + 1, ...: a number lies inside when an odd count of bounds is not above it."""

    def __contains__(self, number: int) -> bool:
        return bool(bisect_right(self.bounds, number) & 1)

    def __iter__(self) -> Iterator[Range]:
        for position in range(0, len(self.bounds), 2):
            yield self.bounds[position], self.bounds[position + 1] - 1

    def within(self, first: int, last: int) -> Iterator[Range]:
        """The parts of the range from `first` to `last` that lie inside."""
        position = bisect_right(self.bounds, first) & ~1
        while position < len(self.bounds) and self.bounds[position] <= last:
            yield max(first, self.bounds[position]), min(last, self.bounds[position + 1] - 1)
            position += 2

    def without(self, other: Ranges) -> Ranges:
        """What is left when the other ranges are taken off."""
        return _counted([(self, 1), (other, -1)])


def ranges_of(parts: Iterable[Range]) -> Ranges:
    """The union of ranges in any order, overlapping or not."""
    return _counted([(Ranges((first, last + 1)), 1) for first, last in parts])


def _counted(weighted: list[tuple[Ranges, int]]) -> Ranges:
    """The numbers that have a positive weight and no negative one, by one pass over all bounds."""
    events = sorted(
        (bound, (1 if number % 2 == 0 else -1), weight)
        for ranges, weight in weighted
        for number, bound in enumerate(ranges.bounds)
    )
    bounds: list[int] = []
    inside, outside, was = 0, 0, False
    for position, (bound, step, weight) in enumerate(events):
        inside += step if weight > 0 else 0
        outside += step if weight < 0 else 0
        is_last = position + 1 == len(events) or events[position + 1][0] != bound
        if is_last and (inside > 0 and outside == 0) is not was:
            was = not was
            bounds.append(bound)
    return Ranges(tuple(bounds))


class AddressSet(Frozen, kw_only=False):
    """Addresses of both versions."""

    v4: Ranges = Ranges()
    v6: Ranges = Ranges()
    gone: Ranges = Ranges()
    """IPv4 addresses that were taken off: no IPv6 address that leads to one of them lies inside either."""
    gone_v6: Ranges = Ranges()
    """IPv6 addresses that were taken off: one of a translator does not lie inside by what it leads to."""

    def has(self, number: int, version: int) -> bool:
        """Whether the address that a socket is about to get lies inside; IPv4 in IPv6 is judged as IPv4."""
        if version == 4:  # noqa: PLR2004  (the name of the protocol)
            return number in self.v4
        if number >> 32 in _V4_INSIDE:
            is_gone = number >> 32 != _MAPPED and number in self.gone_v6
            return not is_gone and number & _LOW_32 in self.v4
        return number in self.v6 and not any(hidden in self.gone for hidden in hidden_v4(number))

    def of(self, version: int) -> Ranges:
        """The ranges of one version."""
        return self.v4 if version == 4 else self.v6  # noqa: PLR2004  (the name of the protocol)

    def without(self, other: AddressSet) -> AddressSet:
        """What is left when the other addresses are taken off."""
        gone, gone_v6 = ranges_of([*self.gone, *other.v4]), ranges_of([*self.gone_v6, *other.v6])
        return AddressSet(self.v4.without(other.v4), self.v6.without(other.v6), gone, gone_v6)


def address_set(networks: Iterable[Network]) -> AddressSet:
    """The addresses of all networks."""
    listed = tuple(networks)
    return AddressSet(*(ranges_of(_range(each) for each in listed if each.version == version) for version in (4, 6)))


def _range(network: Network) -> Range:
    return int(network[0]), int(network[-1])
