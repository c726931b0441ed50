"""Lays the targets of the user out as a space: overlaps taken off, exclusions taken off, each endpoint once."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from leakguard.frozen import Frozen
from leakguard.models.targets import Endpoint
from leakguard.scanning.addresses import AddressSet
from leakguard.scanning.gate import parse_address
from leakguard.scanning.space import Space, Stretch

Taken = Mapping[tuple[int, int], frozenset[int]]
"""IP version and address to the ports that somebody else has there."""


class PlainRange(Frozen):
    """Addresses without a name, from the first to the last, on some ports."""

    version: int
    first: int
    last: int
    ports: tuple[int, ...]

    @property
    def is_single(self) -> bool:
        """Whether it is one address."""
        return self.first == self.last


def lay_out(
    listed: Iterable[Endpoint],
    named: Iterable[PlainRange],
    ranges: Iterable[PlainRange],
    *,
    allowed: AddressSet,
    buckets: tuple[str, ...],
) -> Space:
    """The space of a run.

    `listed` are endpoints with a name, a scheme or a bucket, which the gate let pass; `named` single addresses with
    ports that the user wrote out; `ranges` all other addresses. What comes first keeps an endpoint for itself.
    """
    once = {endpoint.key: endpoint for endpoint in reversed(tuple(listed))}
    own = tuple(reversed(once.values()))
    singles = _named_stretches(named, _taken_by(own), allowed, buckets)
    taken = _joined(_taken_by(own), singles)
    rest = _range_stretches(tuple(ranges), taken, allowed, buckets)
    return Space(listed=own, stretches=(*singles, *rest))


def _taken_by(listed: Iterable[Endpoint]) -> Taken:
    """Endpoints without a name and a bucket are those that a range may hold as well."""
    ports: dict[tuple[int, int], set[int]] = defaultdict(set)
    for endpoint in listed:
        literal = parse_address(endpoint.address)
        if literal is not None and endpoint.host is None and not endpoint.key.count("/"):
            ports[literal.version, int(literal)].add(endpoint.port)
    return {place: frozenset(of) for place, of in ports.items()}


def _joined(taken: Taken, singles: Iterable[Stretch]) -> Taken:
    more = {(single.version, single.first): frozenset(single.ports) for single in singles}
    return {place: taken.get(place, frozenset()) | more.get(place, frozenset()) for place in (*taken, *more)}


def _named_stretches(
    named: Iterable[PlainRange], taken: Taken, allowed: AddressSet, buckets: tuple[str, ...]
) -> tuple[Stretch, ...]:
    ports: dict[tuple[int, int], dict[int, None]] = defaultdict(dict)
    for each in named:
        place = (each.version, each.first)
        ports[place].update(dict.fromkeys(port for port in each.ports if port not in taken.get(place, ())))
    return tuple(
        Stretch(
            first=number, last=number, version=version, ports=tuple(of), buckets=buckets,
            named=True,
        )
        for (version, number), of in ports.items() if of and allowed.has(number, version)
    )  # fmt: skip


def _range_stretches(
    ranges: tuple[PlainRange, ...], taken: Taken, allowed: AddressSet, buckets: tuple[str, ...]
) -> Iterator[Stretch]:
    for version in (4, 6):
        cuts = [number for of, number in taken if of == version]
        own = [each for each in ranges if each.version == version]
        for first, last, ports in _pieces(own, cuts):
            left = ports if first != last else tuple(p for p in ports if p not in taken.get((version, first), ()))
            for low, high in allowed.of(version).within(first, last) if left else ():
                yield Stretch(first=low, last=high, version=version, ports=left, buckets=buckets)


def _pieces(ranges: list[PlainRange], cuts: list[int]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Disjoint pieces with the ports of all ranges that cover them; an address of `cuts` is a piece of its own."""
    begins: dict[int, list[PlainRange]] = defaultdict(list)
    ends: dict[int, list[PlainRange]] = defaultdict(list)
    for each in ranges:
        begins[each.first].append(each)
        ends[each.last + 1].append(each)
    bounds = sorted({*begins, *ends, *cuts, *(cut + 1 for cut in cuts)})
    active: dict[int, PlainRange] = {}
    for bound, following in itertools.pairwise(bounds):
        for each in ends.get(bound, ()):
            active.pop(id(each), None)
        for each in begins.get(bound, ()):
            active[id(each)] = each
        if active:
            over = tuple(active.values())
            ports = over[0].ports if len(over) == 1 else tuple(dict.fromkeys(p for each in over for p in each.ports))
            yield bound, following - 1, ports
