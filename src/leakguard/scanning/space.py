"""The space of a run: all its endpoints as numbers from zero on, made into an endpoint only when its turn comes."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from leakguard.frozen import Frozen, replace
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.scanning.order import Order


class Stretch(Frozen):
    """Neighbouring addresses, all tried on the same ports."""

    first: int
    last: int
    version: int
    ports: tuple[int, ...]
    buckets: tuple[str, ...] = ()
    named: bool = False
    step: int = 1
    """From one address to the next; above one in a part of a space, which is never parted again."""

    @property
    def size(self) -> int:
        """How many endpoints."""
        return ((self.last - self.first) // self.step + 1) * len(self.ports)

    def place(self, offset: int) -> tuple[str, int]:
        """Address and port of the endpoint with this number within the stretch."""
        address, port = divmod(offset, len(self.ports))
        return address_text(self.first + address * self.step, self.version), self.ports[port]

    def endpoint(self, offset: int) -> Endpoint:
        """The endpoint with this number within the stretch."""
        address, port = self.place(offset)
        return Endpoint(address=address, port=port, buckets=self.buckets, named=self.named)

    def part(self, number: int, of: int) -> Stretch | None:
        """Every `of`-th address: those that leave the remainder `number`; nothing where there are none."""
        first = self.first + (number - self.first) % of
        return replace(self, first=first, step=of) if first <= self.last else None


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

    def sweep_endpoints(self, order: Order, first: int = 0) -> Iterator[SweepEndpoint]:
        """The endpoints in `order`, from a position on."""
        listed, starts, stretches = self.listed, self._starts, self.stretches
        for position, index in order.walk(first):
            if index < len(listed):
                yield SweepEndpoint(position, index, listed[index].address, listed[index].port)
                continue
            stretch = bisect_right(starts, index) - 1
            address, port = stretches[stretch].place(index - starts[stretch])
            yield SweepEndpoint(position, index, address, port)

    def part(self, number: int, of: int) -> Space:
        """One of `of` parts: the addresses that leave the remainder `number`, whatever led to them."""
        cut = (stretch.part(number, of) for stretch in self.stretches)
        return Space(
            listed=tuple(each for each in self.listed if part_of(each.address, of) == number),
            stretches=tuple(stretch for stretch in cut if stretch is not None),
        )


def part_of(address: str, of: int) -> int:
    """Which of `of` parts an address belongs to, whichever target or name led to it."""
    return int(ipaddress.ip_address(address.partition("%")[0])) % of


def address_text(number: int, version: int) -> str:
    """The address as a socket takes it."""
    if version == 4:  # noqa: PLR2004  (the name of the protocol)
        return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return str(ipaddress.IPv6Address(number))
