"""The ground of a plan: how many endpoints, addresses and networks it has, counted without making one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from leakguard.frozen import Frozen, field
from leakguard.scanning.gate import parse_address
from leakguard.scanning.space import Space

BLOCK_BITS = {4: 8, 6: 64}
"""A /24 or a /64 is one network to be polite to."""


class Ground(Frozen):
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


def ground_of(space: Space) -> Ground:
    """Count a space: no two of its endpoints are the same, though several may share an address."""
    pieces = _apart([*_listed(space), *_ranges(space)])
    ports = {endpoint.port for endpoint in space.listed}.union(*(stretch.ports for stretch in space.stretches))
    return Ground(
        endpoints=space.size,
        addresses=sum(piece.addresses for piece in pieces),
        busiest_address=max((piece.each for piece in pieces), default=0),
        busiest_network=_busiest_network(pieces),
        by_name=dict(Counter(endpoint.host for endpoint in space.listed if endpoint.host)),
        ports=tuple(sorted(ports)),
    )


def _listed(space: Space) -> Iterator[_Piece]:
    counts = Counter(filter(None, (parse_address(endpoint.address) for endpoint in space.listed)))
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
