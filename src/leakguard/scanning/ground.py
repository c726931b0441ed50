"""The ground of a plan: how many endpoints, addresses and networks it has, counted without listing them.

Ranges are cut where something changes: a range begins or ends, an address is excluded. Between two cuts every address
has the same endpoints, so a network of 10 million addresses costs as much as one of ten.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise

from leakguard.models.targets import Endpoint
from leakguard.scanning.gate import Gate, parse_address
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import Target

_HOST_BITS = {4: 8, 6: 64}
"""The bits that tell the hosts of one network apart: of a /24 and of a /64."""
_STORE_PORT = 443
"""Where a provider's buckets are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a plan covers, each endpoint counted once."""

    endpoints: int = 0
    excluded: int = 0
    """Endpoints that were asked for and that the scope leaves out; `endpoints` counts none of them."""
    addresses: int = 0
    busiest_address: int = 0
    """Endpoints of the address that has most of them."""
    busiest_network: int = 0
    """Endpoints of the /24 or /64 that has most of them."""
    by_name: Mapping[str, int] = field(default_factory=dict)
    """Endpoints under each host name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Neighbouring addresses, both ends included, and what is tried on each of them."""

    version: int
    first: int
    last: int
    ports: frozenset[int]
    host: str | None = None
    """The name that led here: under another name the same port is another endpoint."""

    @property
    def addresses(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Neighbouring addresses that have equally many endpoints each; no two stretches share an address."""

    version: int
    first: int
    last: int
    each: int

    @property
    def addresses(self) -> int:
        return self.last - self.first + 1

    @property
    def endpoints(self) -> int:
        return self.addresses * self.each


def ground_of(plan: Plan) -> Ground:
    """Count the plan."""
    wished = [(target, piece) for target in plan.targets for piece in _pieces(plan, target)]
    kept = [part for target, piece in wished for part in _allowed(piece, target, plan.gate)]
    stretches = _stretches(kept)
    endpoints = sum(each.endpoints for each in stretches)
    return Ground(
        endpoints=endpoints,
        excluded=sum(each.endpoints for each in _stretches([piece for _, piece in wished])) - endpoints,
        addresses=sum(each.addresses for each in stretches),
        busiest_address=max((each.each for each in stretches), default=0),
        busiest_network=_busiest_network(stretches),
        by_name=_by_name(kept),
    )


def _pieces(plan: Plan, target: Target) -> Iterator[_Piece]:
    """What the target names: one range, or the addresses that its name led to."""
    ports = frozenset((_STORE_PORT,) if target.provider_host else target.ports or plan.ports)
    if target.first is not None and target.last is not None:
        version, first, last = target.first.version, int(target.first), int(target.last)
        yield _Piece(version=version, first=first, last=last, ports=ports)
        return
    host = target.provider_host or target.host or ""
    for literal in filter(None, map(parse_address, plan.resolved.get(host, ()))):
        yield _Piece(version=literal.version, first=int(literal), last=int(literal), ports=ports, host=host)


def _allowed(piece: _Piece, target: Target, gate: Gate) -> Iterator[_Piece]:
    """The parts that the gate lets through. A range lies inside the scope as a whole, so exclusions alone cut it."""
    if piece.host is not None:
        bucket = target.store_bucket
        endpoint = Endpoint(
            address=_address(piece.version, piece.first), port=min(piece.ports), host=piece.host,
            buckets=(bucket.name,) if bucket else (),
        )  # fmt: skip
        yield from () if gate.endpoint_refusal(endpoint) else (piece,)
        return
    begin = piece.first
    for first, last in sorted(_exclusions(gate, piece.version)):
        if begin < first <= piece.last:
            yield replace(piece, first=begin, last=first - 1)
        begin = max(begin, last + 1)
    if begin <= piece.last:
        yield replace(piece, first=begin)


def _exclusions(gate: Gate, version: int) -> Iterator[tuple[int, int]]:
    networks = [entry.network for entry in gate.scope.exclude if entry.network is not None]
    for network in networks:
        if network.version == version:
            yield int(network.network_address), int(network.broadcast_address)
    for literal in filter(None, map(parse_address, gate.excluded_addresses)):
        if literal.version == version:
            yield int(literal), int(literal)


def _address(version: int, number: int) -> str:
    return str(IPv4Address(number) if version == 4 else IPv6Address(number))  # noqa: PLR2004  (the version)


def _stretches(pieces: Iterable[_Piece]) -> list[_Stretch]:
    """Cut the pieces wherever one begins or ends, and count the endpoints between the cuts."""
    cuts: dict[tuple[int, int], list[tuple[bool, int, _Piece]]] = defaultdict(list)
    for number, piece in enumerate(pieces):
        cuts[piece.version, piece.first].append((True, number, piece))
        cuts[piece.version, piece.last + 1].append((False, number, piece))
    active: dict[int, _Piece] = {}
    found = []
    for here, after in pairwise(sorted(cuts)):
        for begins, number, piece in cuts[here]:
            if begins:
                active[number] = piece
            else:
                del active[number]
        each = len({(piece.host, port) for piece in active.values() for port in piece.ports})
        if each:
            found.append(_Stretch(version=here[0], first=here[1], last=after[1] - 1, each=each))
    return found


def _by_name(pieces: Iterable[_Piece]) -> dict[str, int]:
    grouped: dict[str, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.host is not None:
            grouped[piece.host].append(piece)
    return {host: sum(each.endpoints for each in _stretches(own)) for host, own in grouped.items()}


def _busiest_network(stretches: Sequence[_Stretch]) -> int:
    """A network in the middle of a stretch holds nothing else; those at its ends may hold other stretches too."""
    edges: Counter[tuple[int, int]] = Counter()
    most = 0
    for stretch in stretches:
        bits = _HOST_BITS[stretch.version]
        low, high = stretch.first >> bits, stretch.last >> bits
        if low == high:
            edges[stretch.version, low] += stretch.endpoints
            continue
        edges[stretch.version, low] += (((low + 1) << bits) - stretch.first) * stretch.each
        edges[stretch.version, high] += (stretch.last - (high << bits) + 1) * stretch.each
        if high - low > 1:
            most = max(most, stretch.each << bits)
    return max(most, *edges.values(), 0)
