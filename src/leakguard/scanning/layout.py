"""Lays the targets of the user out as a space: overlaps taken off, exclusions taken off, each endpoint once."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator

from leakguard.frozen import Frozen
from leakguard.models.targets import Endpoint
from leakguard.scanning.addresses import AddressSet
from leakguard.scanning.exclusions import Taken, taken_by
from leakguard.scanning.space import Space, Stretch


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
    excluded: Taken,
) -> Space:
    """The space of a run.

    `listed` are endpoints with a name, a scheme or a bucket, which the gate let pass; `named` single addresses with
    ports that the user wrote out; `ranges` all other addresses. What comes first keeps an endpoint for itself;
    `excluded` ports are nobody's.
    """
    once = {endpoint.key: endpoint for endpoint in reversed(tuple(listed))}
    own = tuple(reversed(once.values()))
    before = _both(excluded, _taken_by(own))
    singles = _named_stretches(named, before, allowed, buckets)
    taken = _both(before, {(each.version, each.first): frozenset(each.ports) for each in singles})
    rest = _range_stretches(tuple(ranges), taken, allowed, buckets)
    return Space(listed=own, stretches=(*singles, *rest))


def _taken_by(listed: Iterable[Endpoint]) -> Taken:
    """Endpoints without a name and a bucket are those that a range may hold as well."""
    plain = (each for each in listed if each.host is None and not each.key.count("/"))
    return taken_by((endpoint.address, endpoint.port) for endpoint in plain)


def _both(taken: Taken, more: Taken) -> Taken:
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
