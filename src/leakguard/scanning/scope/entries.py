"""One line of the scope: what it names."""

from __future__ import annotations

import ipaddress
import re

from leakguard.models.scope import EntryKind, Network, ScopeEntry
from leakguard.scanning.backends import is_backend, parse_backend
from leakguard.scanning.buckets import is_bucket, parse_bucket
from leakguard.scanning.scope.sites import is_site, parse_site

_NAME = re.compile(r"^(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$")
_ACCOUNT = re.compile(r"^aws://(\d{12})$")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
"""IPv4 written as IPv6 (RFC 4291, section 2.5.5.2)."""


def parse_entry(text: str) -> ScopeEntry:
    """One line of the scope: a network, an address, a name, a wildcard, a bucket, an account, a backend or a site."""
    bare = text.strip()
    if "://" in bare:
        return _url(text, bare)
    if bare.startswith("*.") and _NAME.match(bare[2:].lower()):
        return ScopeEntry(kind=EntryKind.WILDCARD, text=text, name=bare[2:].lower().rstrip("."))
    network = _network(bare)
    if network is not None:
        return network
    if _NAME.match(bare.lower()) and not bare.replace(".", "").isdigit():
        return ScopeEntry(kind=EntryKind.NAME, text=text, name=bare.lower().rstrip("."))
    raise ValueError("not an address, a network, a host name, a wildcard, a bucket, an account, a backend or a URL")


def _url(text: str, bare: str) -> ScopeEntry:
    if found := _ACCOUNT.match(bare):
        return ScopeEntry(kind=EntryKind.ACCOUNT, text=text, name=found[1])
    if is_bucket(bare):
        return ScopeEntry(kind=EntryKind.BUCKET, text=text, name=parse_bucket(bare).name)
    if is_backend(bare):
        return ScopeEntry(kind=EntryKind.BACKEND, text=text, name=parse_backend(bare).host)
    if is_site(bare):
        host, port = parse_site(bare)
        return ScopeEntry(kind=EntryKind.SITE, text=text, name=host, port=port)
    raise ValueError(
        "not a bucket (`s3://name`), an account (`aws://123456789012`), a backend (`supabase://ref`) or a URL"
    )


def _network(bare: str) -> ScopeEntry | None:
    literal = re.sub(r"^\[([0-9A-Fa-f:.]+)\](/\d+)?$", r"\1\2", bare)
    try:
        network = ipaddress.ip_network(literal, strict=True)
    except ValueError as error:
        try:
            wider = ipaddress.ip_network(literal, strict=False)
        except ValueError:
            return None
        raise ValueError(f"has host bits set; did you mean `{wider}`?") from error
    return ScopeEntry(kind=EntryKind.NETWORK, text=bare, network=_unmapped(network))


def _unmapped(network: Network) -> Network:
    """An IPv4 network written as IPv6 is that IPv4 network: the gate compares addresses in the same way."""
    if isinstance(network, ipaddress.IPv4Network) or not network.subnet_of(_MAPPED):
        return network
    first = network.network_address.ipv4_mapped
    return ipaddress.IPv4Network((int(first or 0), network.prefixlen - _MAPPED.prefixlen))
