"""Networks: which sources are as good as everybody, and what the rules of a security group open to them."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.scope import Network

WIDEST = {4: 8, 6: 32}
"""A public network with a shorter prefix than this belongs to no one organisation.

The numbers are those by which Amazon S3 calls a policy public ("The meaning of public" in its user guide).
"""
MAX_PORT = 65535
PRIVATE = tuple(map(ipaddress.ip_network, (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7",
    "fe80::/10",
)))  # fmt: skip
"""Inside networks (RFC 1918, 4193, 6598): nobody comes from there over the internet."""
WEB_PORTS = frozenset({80, 443, 8080, 8443})
"""What web sites open, and the usual second places of one: open to everybody, they say nothing about data."""
OTHER_PORTS = frozenset({1433, 1434, 1521, 2483, 2484, 5439, 7000, 7001, 7199, 8182, 9160, 30015, 50000})
"""Datastores that no check of ours speaks to: SQL Server, Oracle, Redshift, Cassandra, Neptune, SAP HANA, Db2."""
TCP = frozenset({"tcp", "6", "-1"})


class Opening(Frozen):
    """What a security group lets everybody reach."""

    ports: tuple[int, ...]
    """Those of datastores, rising."""
    sources: tuple[str, ...]
    is_every_port: bool
    """Whether all ports are open, not only these."""


def parse_network(text: str) -> Network | None:
    """The network, host bits forgiven; `None` for anything else."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def is_wide(networks: Iterable[Network]) -> bool:
    """Whether they let in more than any one organisation has, each by itself or several side by side."""
    found = [network for network in networks if not _is_inside(network)]
    merged: list[Network] = [
        *ipaddress.collapse_addresses(each for each in found if isinstance(each, ipaddress.IPv4Network)),
        *ipaddress.collapse_addresses(each for each in found if isinstance(each, ipaddress.IPv6Network)),
    ]
    return any(network.prefixlen < WIDEST[network.version] for network in merged)


def _is_inside(network: Network) -> bool:
    return any(network.version == each.version and network.subnet_of(each) for each in PRIVATE)  # type: ignore[arg-type]  # (of one version)


def opening_of(
    rules: Sequence[Mapping[str, Any]], ports: Collection[int], *, lists: Mapping[str, Sequence[str]]
) -> Opening:
    """What the inbound rules of a group, as `DescribeSecurityGroups` tells them, open to everybody.

    `ports` are those of datastores; `lists` are the networks of the prefix lists that the rules may name.
    """
    found: set[int] = set()
    sources: dict[str, None] = {}
    is_every_port = False
    for rule in rules:
        texts = _sources(rule, lists)
        networks = [network for network in map(parse_network, texts) if network is not None]
        if str(rule.get("IpProtocol", "-1")).lower() not in TCP or not is_wide(networks):
            continue
        first, last = _range(rule)
        opened = {port for port in ports if first <= port <= last}
        found |= opened
        is_every_port = is_every_port or (first <= 1 and last >= MAX_PORT)
        sources.update(dict.fromkeys(texts if opened else ()))
    return Opening(ports=tuple(sorted(found)), sources=tuple(sources), is_every_port=is_every_port)


def _sources(rule: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> list[str]:
    texts = [str(each.get("CidrIp", "")) for each in rule.get("IpRanges", ())]
    texts += [str(each.get("CidrIpv6", "")) for each in rule.get("Ipv6Ranges", ())]
    for each in rule.get("PrefixListIds", ()):
        texts += lists.get(str(each.get("PrefixListId", "")), ())
    return texts


def _range(rule: Mapping[str, Any]) -> tuple[int, int]:
    if str(rule.get("IpProtocol", "-1")) == "-1":
        return 0, MAX_PORT
    first, last = rule.get("FromPort", 0), rule.get("ToPort", MAX_PORT)
    return (int(first), int(last)) if isinstance(first, int) and isinstance(last, int) else (0, MAX_PORT)
