"""What the exclusions of a scope take out, read as widely as their owner may have meant them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from leakguard.models.scope import EntryKind, Network, Scope, ScopeEntry
from leakguard.scanning.addresses import hidden_v4
from leakguard.scanning.backends import parse_backend
from leakguard.scanning.literals import NAT64, parse_address

Place = tuple[str, int]
"""A host, as a name or an address, and a port of it."""
Taken = Mapping[tuple[int, int], frozenset[int]]
"""IP version and address to the ports that are taken there."""
_LOW_32 = 0xFFFF_FFFF
_parsed = cache(parse_backend)
"""Asked for at each connection."""


def networks_of(entries: Iterable[ScopeEntry]) -> Iterator[Network]:
    """The networks; one of a translator is the network of IPv4 behind it as well, unless it is all of them."""
    for network in (entry.network for entry in entries if entry.network is not None):
        yield network
        if isinstance(network, ipaddress.IPv6Network) and network != NAT64 and network.subnet_of(NAT64):
            low = int(network.network_address) & _LOW_32
            yield ipaddress.IPv4Network((low, network.prefixlen - NAT64.prefixlen))


def places_of(entries: Iterable[ScopeEntry]) -> Iterator[Place]:
    """Host and port of each web server that an entry names by its URL, and of each backend that is a host's only one.

    Whatever answers there is meant, below any path and in any protocol.
    """
    for entry in entries:
        port = entry.port if entry.kind is EntryKind.SITE else _backend_port(entry)
        if port is not None:
            yield entry.name, port
            yield str(parse_address(entry.name) or entry.name), port


def _backend_port(entry: ScopeEntry) -> int | None:
    """The port of a backend that is named as a whole, and has no others beside it."""
    backend = _parsed(entry.text) if entry.kind is EntryKind.BACKEND else None
    return None if backend is None or backend.table or backend.name else backend.port


def excluded_names(scope: Scope) -> tuple[str, ...]:
    """The excluded names, and those of excluded servers of ours, whose addresses are excluded with them."""
    names = (entry.name for entry in scope.exclude if entry.kind is EntryKind.NAME or _is_own_server(entry))
    return tuple(dict.fromkeys(name for name in names if name and parse_address(name) is None))


def _is_own_server(entry: ScopeEntry) -> bool:
    """A provider's host has the addresses of everybody, so that only one of ours is looked up."""
    is_own = entry.kind is EntryKind.SITE or (entry.kind is EntryKind.BACKEND and _parsed(entry.text).is_ours)
    return is_own and next(places_of((entry,)), None) is not None


def taken_by(places: Iterable[Place]) -> Taken:
    """The places that are addresses."""
    ports: dict[tuple[int, int], frozenset[int]] = {}
    for host, port in places:
        literal = parse_address(host)
        if literal is not None:
            key = (literal.version, int(literal))
            ports[key] = ports.get(key, frozenset()) | {port}
    return ports


def is_taken(taken: Taken, number: int, version: int, port: int) -> bool:
    """Whether the port of an address, or of one that it leads to, is among those."""
    inside = () if version == 4 else hidden_v4(number)  # noqa: PLR2004  (the name of the protocol)
    return any(port in taken.get(key, ()) for key in ((version, number), *((4, each) for each in inside)))
