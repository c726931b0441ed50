"""The space of a run: all its endpoints as numbers from zero on, made into an endpoint only when its turn comes."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from leakguard.models.targets import Endpoint, Spot
from leakguard.scanning.order import Order

BLOCK_BITS = {4: 8, 6: 64}
"""A /24 or a /64 is one network to be polite to, and is never cut in two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Neighbouring addresses, all tried on the same ports."""

    first: int
    last: int
    version: int
    ports: tuple[int, ...]
    buckets: tuple[str, ...] = ()
    named: bool = False

    @property
    def size(self) -> int:
        """How many endpoints."""
        return (self.last - self.first + 1) * len(self.ports)

    def place(self, offset: int) -> tuple[str, int]:
        """Address and port of the endpoint with this number within the stretch."""
        step, port = divmod(offset, len(self.ports))
        return address_text(self.first + step, self.version), self.ports[port]

    def endpoint(self, offset: int) -> Endpoint:
        """The endpoint with this number within the stretch."""
        address, port = self.place(offset)
        return Endpoint(address=address, port=port, buckets=self.buckets, named=self.named)

    def cut(self, size: int) -> tuple[Stretch, Stretch | None]:
        """A first piece of about `size` endpoints that ends where a network ends, and the rest, if any."""
        bits = BLOCK_BITS[self.version]
        wanted = self.first + max(1, size // len(self.ports)) - 1
        last = min(self.last, wanted | ((1 << bits) - 1))
        return replace(self, last=last), None if last == self.last else replace(self, first=last + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Listed endpoints, behind them the stretches that were named, last those of plain ranges; each endpoint once."""

    listed: tuple[Endpoint, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts, total = [], len(self.listed)
        for stretch in self.stretches:
            starts.append(total)
            total += stretch.size
        object.__setattr__(self, "_starts", (*starts, total))

    @property
    def size(self) -> int:
        """How many endpoints."""
        return self._starts[-1]

    @property
    def named_size(self) -> int:
        """How many endpoints come first that were listed or named one by one."""
        return len(self.listed) + sum(stretch.size for stretch in self.stretches if stretch.named)

    def endpoint(self, index: int) -> Endpoint:
        """The endpoint with this number."""
        if index < len(self.listed):
            return self.listed[index]
        stretch = bisect_right(self._starts, index) - 1
        return self.stretches[stretch].endpoint(index - self._starts[stretch])

    def spots(self, order: Order, first: int = 0) -> Iterator[Spot]:
        """The endpoints in `order`, from a position on."""
        listed, starts, stretches = self.listed, self._starts, self.stretches
        for position, index in order.walk(first):
            if index < len(listed):
                yield Spot(position, index, listed[index].address, listed[index].port)
                continue
            stretch = bisect_right(starts, index) - 1
            address, port = stretches[stretch].place(index - starts[stretch])
            yield Spot(position, index, address, port)

    def part(self, number: int, of: int) -> Space:
        """One of `of` parts of about the same size, which share no endpoint, no name and no network of stretches."""
        return Space(
            listed=tuple(each for each in self.listed if _share(each, of) == number),
            stretches=tuple(_cut(self.stretches, of)[number]),
        )


def _share(endpoint: Endpoint, of: int) -> int:
    """All addresses of a name, and all ports of an address, belong to one part."""
    return sum((endpoint.host or endpoint.address).encode()) % of


def _cut(stretches: Sequence[Stretch], of: int) -> list[list[Stretch]]:
    """The stretches, in their order, cut into `of` pieces at the bounds of networks."""
    parts: list[list[Stretch]] = [[] for _ in range(of)]
    left = sum(stretch.size for stretch in stretches)
    waiting = list(reversed(stretches))
    for number, part in enumerate(parts):
        wanted = -(-left // (of - number))
        while waiting and wanted > 0:
            piece, rest = waiting.pop().cut(wanted)
            part.append(piece)
            wanted, left = wanted - piece.size, left - piece.size
            if rest is not None:
                waiting.append(rest)
    return parts


def address_text(number: int, version: int) -> str:
    """The address as a socket takes it."""
    if version == 4:  # noqa: PLR2004  (the name of the protocol)
        return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return str(ipaddress.IPv6Address(number))
