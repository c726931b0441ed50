"""Which sources are as good as everybody, and what security groups open to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.scope import Network
from leakguard.owners.cloud_checks.networks import Opening, is_wide, opening_of, parse_network

PORTS = (5432, 9200)


def networks(*texts: str) -> list[Network]:
    return [network for text in texts if (network := parse_network(text)) is not None]


@pytest.mark.parametrize(
    ("texts", "is_open"),
    [
        (["0.0.0.0/0"], True),
        (["::/0"], True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["3.0.0.0/9", "3.128.0.0/9"], False),
        (["2.0.0.0/8", "3.0.0.0/8"], True),
        (["10.0.0.0/8", "11.0.0.0/8"], False),
        (["10.0.0.0/8", "172.16.0.0/12", "fc00::/7"], False),
        (["2000::/3"], True),
        (["2001:db8::/32"], False),
        (["203.0.113.7/24"], False),
        ([], False),
    ],
)
def test_wide_is_what_no_one_organisation_has(texts: list[str], *, is_open: bool) -> None:
    assert is_wide(networks(*texts)) is is_open


def test_what_is_no_network_is_none() -> None:
    assert parse_network("everywhere") is None


def rule(*sources: str, protocol: str = "tcp", first: int = 5432, last: int = 5432, **more: object) -> dict[str, Any]:
    ranges = [{"CidrIp": source} for source in sources if ":" not in source]
    longer = [{"CidrIpv6": source} for source in sources if ":" in source]
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, "IpRanges": ranges, "Ipv6Ranges": longer, **ports, **more}


def opened(*rules: dict[str, Any], **lists: list[str]) -> Opening:
    return opening_of(rules, PORTS, lists=lists)


@pytest.mark.parametrize(
    ("one", "ports"),
    [
        (rule("0.0.0.0/0"), (5432,)),
        (rule("::/0"), (5432,)),
        (rule("0.0.0.0/0", first=0, last=65535), (5432, 9200)),
        (rule("0.0.0.0/0", protocol="-1"), (5432, 9200)),
        (rule("0.0.0.0/0", protocol="6", first=9000, last=9300), (9200,)),
        (rule("0.0.0.0/0", protocol="udp"), ()),
        (rule("203.0.113.0/24"), ()),
        (rule("not a network"), ()),
        (rule("0.0.0.0/0", first=443, last=443), ()),
        (rule(UserIdGroupPairs=[{"GroupId": "sg-2"}]), ()),
        ({"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "FromPort": None}, (5432, 9200)),
        (rule(PrefixListIds=[{"PrefixListId": "pl_wide"}]), (5432,)),
        (rule(PrefixListIds=[{"PrefixListId": "pl_office"}]), ()),
        (rule(PrefixListIds=[{"PrefixListId": "pl_unknown"}]), ()),
    ],
)
def test_a_rule_opens_the_ports_of_datastores(one: dict[str, Any], ports: tuple[int, ...]) -> None:
    assert opened(one, pl_wide=["0.0.0.0/0"], pl_office=["203.0.113.0/24"]).ports == ports


def test_rules_add_up_and_their_sources_are_told_once() -> None:
    found = opened(rule("0.0.0.0/0"), rule("0.0.0.0/0", "::/0", first=9200, last=9200), rule("0.0.0.0/0", first=22))

    assert found == Opening(ports=(5432, 9200), sources=("0.0.0.0/0", "::/0"), is_every_port=False)


@pytest.mark.parametrize(("first", "is_all"), [(0, True), (1, True), (2, False)])
def test_every_port_is_told_apart(first: int, *, is_all: bool) -> None:
    assert opened(rule("0.0.0.0/0", first=first, last=65535)).is_every_port is is_all


@given(st.lists(st.ip_addresses(network="8.0.0.0/8"), max_size=5))
def test_single_addresses_are_never_wide(addresses: list[Any]) -> None:
    assert not is_wide(networks(*map(str, addresses)))
