"""The ground of a plan: how many endpoints, addresses and networks it has, counted without making one of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import accumulate, pairwise

from leakguard.frozen import Frozen, field, replace
from leakguard.models.targets import Endpoint
from leakguard.scanning.literals import parse_address
from leakguard.scanning.space import Space

BLOCK_BITS = {4: 8, 6: 64}
"""A /24 or a /64 is one network to be polite to."""


class PlanExtent(Frozen):
    """What a run covers, each endpoint counted once."""

    endpoints: int = 0
    addresses: int = 0
    busiest_address: int = 0
    """Endpoints of the address that has most of them."""
    busiest_network: int = 0
    """Endpoints of the /24 or /64 that has most of them."""
    by_name: Mapping[str, int] = field(default_factory=dict)
    """Endpoints under each host name."""
    ports: tuple[int, ...] = ()


class _Piece(Frozen):
    """Neighbouring addresses, both ends included, that have equally many endpoints each."""

    version: int
    first: int
    last: int
    each: int

    @property
    def addresses(self) -> int:
        return self.last - self.first + 1


class PartLoad(Frozen):
    """What no part goes beyond when a space is cut by the remainders of its addresses: endpoints of each kind."""

    total: int
    host: int
    network: int
    name: int


class PartLoads(Frozen, dict=True):
    """How heavy the parts of a space are, whatever number it is cut into; see `Space.part`."""

    space: Space

    def at(self, of: int) -> PartLoad:
        """The heaviest of `of` parts by each measure, counted without making one endpoint."""
        return PartLoad(
            total=_heaviest(self._pieces, of), host=max((piece.each for piece in self._pieces), default=0),
            network=max((_heaviest(network, of) for network in self._networks), default=0),
            name=max((_heaviest(name, of) for name in self._names), default=0),
        )  # fmt: skip

    @property
    def finest(self) -> PartLoad:
        """The heaviest address, which is in one part however many there are."""
        host = max((piece.each for piece in self._pieces), default=0)
        name = max((piece.each for name in self._names for piece in name), default=0)
        return PartLoad(total=host, host=host, network=host, name=name)

    @property
    def addresses(self) -> int:
        """How many addresses the space has."""
        return sum(piece.addresses for piece in self._pieces)

    @cached_property
    def _pieces(self) -> list[_Piece]:
        return _apart([*_as_dialled(self.space.listed), *_ranges(self.space)])

    @cached_property
    def _networks(self) -> list[list[_Piece]]:
        """The pieces of each /24 or /64; of the many in the middle of one piece, which are alike, only the first."""
        networks: dict[tuple[int, int], list[_Piece]] = defaultdict(list)
        for piece in self._pieces:
            bits = BLOCK_BITS[piece.version]
            low, high = piece.first >> bits, piece.last >> bits
            for network in {low, min(low + 1, high), high}:
                first, last = max(piece.first, network << bits), min(piece.last, ((network + 1) << bits) - 1)
                networks[piece.version, network].append(replace(piece, first=first, last=last))
        return list(networks.values())

    @cached_property
    def _names(self) -> list[list[_Piece]]:
        named: dict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in self.space.listed:
            if endpoint.host:
                named[endpoint.host].append(endpoint)
        return [list(_as_dialled(own)) for own in named.values()]


def ground_of(space: Space) -> PlanExtent:
    """Count a space: no two of its endpoints are the same, though several may share an address."""
    pieces = _apart([*_listed(space.listed), *_ranges(space)])
    ports = {endpoint.port for endpoint in space.listed}.union(*(stretch.ports for stretch in space.stretches))
    return PlanExtent(
        endpoints=space.size,
        addresses=sum(piece.addresses for piece in pieces),
        busiest_address=max((piece.each for piece in pieces), default=0),
        busiest_network=_busiest_network(pieces),
        by_name=dict(Counter(endpoint.host for endpoint in space.listed if endpoint.host)),
        ports=tuple(sorted(ports)),
    )


def _heaviest(pieces: Iterable[_Piece], of: int) -> int:
    """A piece gives each part as many addresses as there are whole rounds in it, and some parts one more."""
    rounds, more = 0, Counter({0: 0})
    for piece in pieces:
        whole, rest = divmod(piece.addresses, of)
        rounds += whole * piece.each
        start = piece.first % of
        more[start] += piece.each
        more[min(of, start + rest)] -= piece.each
        if start + rest > of:
            more[0] += piece.each
            more[start + rest - of] -= piece.each
    return rounds + max(accumulate(more[part] for part in sorted(more)))


def _listed(listed: Iterable[Endpoint]) -> Iterator[_Piece]:
    return _single(filter(None, (parse_address(endpoint.address) for endpoint in listed)))


def _as_dialled(listed: Iterable[Endpoint]) -> Iterator[_Piece]:
    """Without a look behind mapped and translated addresses: limits and parts go by what is dialled."""
    return _single(ip_address(endpoint.address.partition("%")[0]) for endpoint in listed)


def _single(addresses: Iterable[IPv4Address | IPv6Address]) -> Iterator[_Piece]:
    counts = Counter(addresses)
    for literal, each in counts.items():
        yield _Piece(version=literal.version, first=int(literal), last=int(literal), each=each)


def _ranges(space: Space) -> Iterator[_Piece]:
    for stretch in space.stretches:
        yield _Piece(version=stretch.version, first=stretch.first, last=stretch.last, each=len(stretch.ports))


def _apart(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The same, cut wherever one begins or ends, so that no two pieces share an address."""
    changes: Counter[tuple[int, int]] = Counter()
    for piece in pieces:
        changes[piece.version, piece.first] += piece.each
        changes[piece.version, piece.last + 1] -= piece.each
    found, each = [], 0
    for here, after in pairwise(sorted(changes)):
        each += changes[here]
        if each:
            found.append(_Piece(version=here[0], first=here[1], last=after[1] - 1, each=each))
    return found


def _busiest_network(pieces: Sequence[_Piece]) -> int:
    """A network in the middle of a piece holds nothing else; those at its ends may hold parts of other pieces too."""
    edges: Counter[tuple[int, int]] = Counter()
    most = 0
    for piece in pieces:
        bits = BLOCK_BITS[piece.version]
        low, high = piece.first >> bits, piece.last >> bits
        if low == high:
            edges[piece.version, low] += piece.addresses * piece.each
            continue
        edges[piece.version, low] += (((low + 1) << bits) - piece.first) * piece.each
        edges[piece.version, high] += (piece.last - (high << bits) + 1) * piece.each
        if high - low > 1:
            most = max(most, piece.each << bits)
    return max(most, 0, *edges.values())
