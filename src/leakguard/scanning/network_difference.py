"""Which part of a network no other network covers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from leakguard.models.scope import Network


def uncovered(network: Network, includes: Iterable[Network]) -> Network | None:
    """A part of `network` that no network of `includes` covers, or nothing."""
    rest: list[Network] = [network]
    for included in includes:
        rest = [piece for part in rest for piece in _subtract(part, included)]
    return rest[0] if rest else None


def _subtract(part: Network, taken: Network) -> list[Network]:
    if isinstance(part, ipaddress.IPv4Network) and isinstance(taken, ipaddress.IPv4Network):
        return list(_difference(part, taken))
    if isinstance(part, ipaddress.IPv6Network) and isinstance(taken, ipaddress.IPv6Network):
        return list(_difference(part, taken))
    return [part]


def _difference(part: Network, taken: Network) -> Iterable[Network]:
    if part.subnet_of(taken):  # type: ignore[arg-type]  # both have the same version here
        return ()
    if taken.subnet_of(part):  # type: ignore[arg-type]  # as above
        return part.address_exclude(taken)  # type: ignore[arg-type]  # as above
    return (part,)
