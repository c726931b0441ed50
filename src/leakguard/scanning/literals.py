"""Single addresses: how one is read, what it leads to, and whether all of that is public."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from leakguard.scanning.addresses import Address, hidden_v4

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Translators' well-known prefix (RFC 6052): the last 32 bits are an IPv4 address."""
_NOBODYS = tuple(
    ipaddress.ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "64:ff9b:1::/48", "2002::/16", "fec0::/10")
)
"""Networks that look public and are not: those of protocols and relays (RFC 6890, RFC 7526), where one provider tells
machines of themselves, an operator's own translator, tunnels of old (which newer Pythons call private, and older ones
public), and a site's own addresses of old."""


def parse_address(text: str) -> Address | None:
    """The address, unwrapped when it is an IPv4 address in an IPv6 one; `None` for anything else."""
    try:
        literal = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return None
    if isinstance(literal, ipaddress.IPv6Address):
        return literal.ipv4_mapped or _behind_nat64(literal) or literal
    return literal


def translator_address(text: str) -> ipaddress.IPv6Address | None:
    """The address as it is dialled where a translator stands before it, which `parse_address` looks through."""
    try:
        literal = ipaddress.IPv6Address(text.split("%", 1)[0])
    except ValueError:
        return None
    return literal if literal in NAT64 else None


def one_spelling(host: str) -> str:
    """An address as every other part spells it, IPv4 in IPv6 as IPv4; a name as it is.

    One of a translator stays itself: whoever names it has not named the address behind it.
    """
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return host
    mapped = literal.ipv4_mapped if isinstance(literal, ipaddress.IPv6Address) else None
    return str(mapped or literal)


def is_public(literal: Address) -> bool:
    """Whether the address is one of the public network, and so is all that it leads to."""
    return all(
        each.is_global and not each.is_multicast and not any(each in network for network in _NOBODYS)
        for each in all_of(literal)
    )


def all_of(literal: Address) -> Iterator[Address]:
    """The address and, of one of IPv6, the IPv4 addresses that it leads to by a tunnel or a translator."""
    yield literal
    if isinstance(literal, ipaddress.IPv6Address):
        yield from map(ipaddress.IPv4Address, hidden_v4(int(literal)))


def _behind_nat64(literal: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a translator's address leads to."""
    return ipaddress.IPv4Address(int(literal) & 0xFFFF_FFFF) if literal in NAT64 else None
