"""A text that is made to be costly is left unread; every honest listing is read."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from leakguard.checks.replies import FLAT_KEYS, LOOKED_AT_FROM, MOST_CONTAINERS, MOST_ITEMS, SeenReply, is_proportionate
from leakguard.models.observations import Ending, Reply
from support.each import for_each

pytestmark = pytest.mark.untraced

MEBIBYTE = 1024 * 1024


def row(number: int) -> dict[str, str]:
    names = ("health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted", "store.size", "size")
    return {name: f"{name}-{number}" for name in names}


def rows_of(unit: bytes, size: int = 8 * MEBIBYTE) -> bytes:
    return b"[" + b",".join([unit] * (size // (len(unit) + 1))) + b"]"


HONEST: dict[str, Callable[[], bytes]] = {
    "30,000 indices": lambda: json.dumps([row(number) for number in range(30_000)]).encode(),
    "a row of each table": lambda: json.dumps({f"table-{number}": number for number in range(FLAT_KEYS)}).encode(),
    "8 MiB of names": lambda: rows_of(b'"a name of a collection"'),
    "8 MiB of one text": lambda: b'"' + b"x" * 8 * MEBIBYTE + b'"',
    "1,000 lists that do not end": lambda: b"[[[[" * 1000,
    "2,000 mappings": lambda: json.dumps([{"name": "a"}] * 2000).encode(),
    "2,000 names": lambda: json.dumps([f"db{number}" for number in range(2000)]).encode(),
    "nothing": lambda: b"",
}
"""Made when they are read, as every worker collects every file."""


@for_each("name", HONEST)
def test_honest_listings_are_read(name: str) -> None:
    assert is_proportionate(HONEST[name]())


COSTLY: dict[str, Callable[[], bytes]] = {
    "8 MiB of empty lists": lambda: rows_of(b"[]"),
    "8 MiB of empty mappings": lambda: rows_of(b"{}"),
    "8 MiB of small mappings": lambda: rows_of(b'{"a":1}'),
    "8 MiB of numbers": lambda: rows_of(b"0"),
    "1 MiB of short texts": lambda: rows_of(b'"ab"', MEBIBYTE),
    "64 KiB of empty lists": lambda: rows_of(b"[]", 64 * 1024),
    "64 KiB of numbers": lambda: rows_of(b"0", 64 * 1024),
    "one list too many": lambda: b"[" * (MOST_CONTAINERS + 1) + b" " * LOOKED_AT_FROM,
    "one item too many": lambda: b"[" + b"1," * (MOST_ITEMS + 1) + b"1]",
    "ten times as many keys": lambda: b"{" + b",".join(b'"%d":1' % number for number in range(10 * FLAT_KEYS)) + b"}",
}


@for_each("name", COSTLY)
def test_a_text_that_costs_seconds_is_left_unread(name: str) -> None:
    body = COSTLY[name]()
    reply = Reply(request="a", method="GET", what="/", ended=Ending.COMPLETE, status=200, body=body)

    assert not is_proportionate(body)
    assert SeenReply([reply]).at("@") is None
