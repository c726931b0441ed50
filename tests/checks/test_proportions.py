"""A text that is made to be costly is left unread; every honest listing is read."""

from __future__ import annotations

import json

import pytest

from leakguard.checks.replies import FLAT_KEYS, LOOKED_AT_FROM, MOST_CONTAINERS, MOST_ITEMS, SeenReply, is_proportionate
from leakguard.models.observations import Ending, Reply

MEBIBYTE = 1024 * 1024


def row(number: int) -> dict[str, str]:
    names = ("health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted", "store.size", "size")
    return {name: f"{name}-{number}" for name in names}


def rows_of(unit: bytes, size: int = 8 * MEBIBYTE) -> bytes:
    return b"[" + b",".join([unit] * (size // (len(unit) + 1))) + b"]"


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([row(number) for number in range(30_000)]).encode(),
        json.dumps({f"table-{number}": number for number in range(FLAT_KEYS)}).encode(),
        rows_of(b'"a name of a collection"'),
        b'"' + b"x" * 8 * MEBIBYTE + b'"',
        b"[[[[" * 1000,
        json.dumps([{"name": "a"}] * 2000).encode(),
        json.dumps([f"db{number}" for number in range(2000)]).encode(),
        b"",
    ],
)
def test_honest_listings_are_read(body: bytes) -> None:
    assert is_proportionate(body)


@pytest.mark.parametrize(
    "body",
    [
        rows_of(b"[]"),
        rows_of(b"{}"),
        rows_of(b'{"a":1}'),
        rows_of(b"0"),
        rows_of(b'"ab"', MEBIBYTE),
        rows_of(b"[]", 64 * 1024),
        rows_of(b"0", 64 * 1024),
        b"[" * (MOST_CONTAINERS + 1) + b" " * LOOKED_AT_FROM,
        b"[" + b"1," * (MOST_ITEMS + 1) + b"1]",
        b"{" + b",".join(b'"%d":1' % number for number in range(10 * FLAT_KEYS)) + b"}",
    ],
)
def test_a_text_that_costs_seconds_is_left_unread(body: bytes) -> None:
    reply = Reply(request="a", method="GET", what="/", ended=Ending.COMPLETE, status=200, body=body)

    assert not is_proportionate(body)
    assert SeenReply([reply]).at("@") is None
