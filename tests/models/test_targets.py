"""How endpoints are named."""

from __future__ import annotations

import pytest

from leakguard.models.targets import Endpoint, endpoint_key, join_host_port


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("192.0.2.1", "192.0.2.1:9200"),
        ("2001:db8::1", "[2001:db8::1]:9200"),
        ("mail.example.edu", "mail.example.edu:9200"),
    ],
)
def test_an_ipv6_address_stands_in_brackets(host: str, shown: str) -> None:
    assert join_host_port(host, 9200) == shown


def test_a_target_is_an_address_and_the_name_stands_beside_it() -> None:
    assert Endpoint(address="192.0.2.1", port=80).target == "192.0.2.1:80"
    assert Endpoint(address="192.0.2.1", port=80, host="a.example").target == "192.0.2.1:80"
    assert Endpoint(address="2001:db8::1", port=80).target == "[2001:db8::1]:80"


def test_two_addresses_of_a_name_and_two_names_of_an_address_have_keys_of_their_own() -> None:
    places = [("192.0.2.1", None), ("192.0.2.1", "a.example"), ("192.0.2.2", "a.example"), ("192.0.2.1", "b.example")]
    keys = {Endpoint(address=address, port=80, host=host).key for address, host in places}

    assert keys == {
        "192.0.2.1:80",
        "192.0.2.1:80 (a.example)",
        "192.0.2.2:80 (a.example)",
        "192.0.2.1:80 (b.example)",
    }


def test_two_buckets_of_a_url_have_keys_of_their_own() -> None:
    keys = [Endpoint(address="::1", port=9000, scheme="s3", buckets=(name,)).key for name in ("one", "two")]

    assert keys == ["[::1]:9000/one", "[::1]:9000/two"]
    assert keys[0].split("/")[0] == endpoint_key("::1", 9000, None)


def test_buckets_of_the_scope_do_not_change_a_key() -> None:
    assert Endpoint(address="::1", port=9000, buckets=("one",)).key == "[::1]:9000"
    assert Endpoint(address="::1", port=9000, scheme="s3", buckets=("one", "two")).key == "[::1]:9000"
