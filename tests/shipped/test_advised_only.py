"""Backends of which nobody can see from outside whether they are open: recognised and advised on, never judged."""

from __future__ import annotations

import pytest

from leakguard.checks.protocols import PROTOCOLS
from leakguard.shipped.reader import ShippedReader
from shipped.test_reading import shipping
from support.shipped import LIBRARY

FORMS = shipping()
SHIPPED = {
    "convex": (b'new C("https://happy-animal-123.convex.cloud")', "https://happy-animal-123.convex.cloud"),
    "cognito": (
        b'identityPoolId:"eu-west-1:0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"',
        "eu-west-1:0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
    ),
    "appsync": (
        b'"https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/graphql"',
        "https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com",
    ),
    "airtable": (b'"https://api.airtable.com/v0/app0123456789ABCD/T"', "https://api.airtable.com/v0/app0123456789ABCD"),
    "notion": (b'href="https://campus-news.notion.site/Welcome"', "https://campus-news.notion.site"),
}


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_it_is_recognised_in_a_page_and_advised_on(kind: str) -> None:
    text, entry = SHIPPED[kind]
    reader = ShippedReader(FORMS, key=b"ours")

    reader.read(text, "/app.js")

    assert (kind, entry) in {(found.kind, found.entry) for found in reader.shipped.backends}
    (form,) = [each for each in FORMS.backends if each.id == kind]
    assert form.advice
    assert not form.is_asked


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_no_check_and_no_protocol_asks_it(kind: str) -> None:
    assert kind not in PROTOCOLS
    assert kind not in {check.datastore for check in LIBRARY}
    assert not [each for protocol in PROTOCOLS.values() for each in protocol.schemes if each == kind]
