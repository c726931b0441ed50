"""Hosts whose answers are made to be costly, beside honest stores: they hide none, and their memory is measured.

As in the matrix of hostile hosts the scan runs in a process of its own, and `make bench` measures the pauses.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from support.heavy import BIG, bson, couchdb, databases, elastic, mongodb, telling_databases, telling_fields, texts
from support.hostile import Script, serving
from support.matrix_scan import scan_apart
from support.zoo import EIGHT_MEBIBYTES, index, rows
from support.zoo import elastic as elasticsearch

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]

HONEST = 12
PATIENT = {"request": 5.0, "target": 12.0, "endpoint": 24.0}
"""Seconds: a machine that is busy with other tests as well must hide no honest store."""
Served = tuple[str, Script, dict[str, Any]]


def open_stores() -> list[Served]:
    return [(f"honest {number}", couchdb(pause=0.3), {"scheme": "http"}) for number in range(HONEST)]


def scanned(
    served: Sequence[Served], *, timeouts: Mapping[str, float] = PATIENT, fields: bool = False,
    is_product_loop: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What a scan of these hosts in a child told; the loop of the product takes less memory, and tells no stall."""

    async def work() -> dict[str, Any]:
        async with contextlib.AsyncExitStack() as running:
            places = {
                name: {"port": (await running.enter_async_context(serving(script))).port, **more}
                for name, script, more in served
            }
            return await scan_apart(places, timeouts=timeouts, fields=fields, is_product_loop=is_product_loop)

    return asyncio.run(asyncio.wait_for(work(), 250))


def statuses(told: dict[str, Any], word: str) -> set[str]:
    return {host["standing"] for name, host in told["hosts"].items() if word in name}


def test_answers_at_their_caps_hide_no_honest_store() -> None:
    hosts = [
        (f"{name} {number}", make(), {"scheme": scheme, "buckets": ["b"] if scheme == "s3" else []})
        for name, (scheme, make) in BIG.items()
        for number in range(2)
    ]

    told = scanned(hosts + open_stores())

    assert statuses(told, "honest") == {"exposed"}
    for name in ("topics", "partitions", "cells", "keys"):
        assert statuses(told, name) == {"exposed"}, name
    assert told["peak_mebibytes"] <= 200


def test_names_that_all_mean_something_hide_no_honest_store() -> None:
    hosts: list[Served] = [
        *((f"fields {number}", telling_fields(), {"scheme": "http"}) for number in range(3)),
        *((f"databases {number}", telling_databases(), {"scheme": "mongodb"}) for number in range(3)),
    ]

    told = scanned([*hosts, *open_stores()], fields=True)

    assert statuses(told, "") == {"exposed"}
    assert all(told["hosts"][name]["findings"][0]["categories"] for name, _, _ in hosts)
    assert told["peak_mebibytes"] <= 200


def test_a_listing_of_all_indices_at_its_cap_hides_no_honest_store() -> None:
    listing = rows(index(1).encode(), EIGHT_MEBIBYTES - 2048)
    hosts: list[Served] = [(f"indices {number}", elasticsearch(listing), {"scheme": "http"}) for number in range(3)]

    told = scanned([*hosts, *open_stores()])

    assert statuses(told, "") == {"exposed"}
    assert told["hosts"]["indices 0"]["findings"][0]["size"]["collections"] > 40_000
    assert told["peak_mebibytes"] <= 200


def test_a_hundred_hosts_that_tell_much_in_small_pieces_and_then_stall_fill_no_memory() -> None:
    """What is just not large is read of all of them at once; what is large of a few."""
    flags = b"\x0300\0" + bson(b"\x08aaaaaaa\0\x01") + b"\x02x\0" + b"\4\0\0\0abc\0"
    small = mongodb(databases(5_000, flags), stalls=True)
    large = mongodb(databases(10_000, flags), stalls=True)
    hosts: list[Served] = [
        *((f"small {number}", small, {"scheme": "mongodb"}) for number in range(40)),
        *((f"texts {number}", elastic(texts(120_000, 6)), {"scheme": "http"}) for number in range(30)),
        *((f"large {number}", large, {"scheme": "mongodb"}) for number in range(6)),
        *((f"more texts {number}", elastic(texts(1_000_000, 6)), {"scheme": "http"}) for number in range(6)),
    ]

    told = scanned(hosts + open_stores(), is_product_loop=True)

    assert statuses(told, "honest") == {"exposed"}
    assert statuses(told, "small") == {"exposed"}
    assert told["peak_mebibytes"] <= 300


def test_two_letter_texts_and_two_byte_elements_are_left_unread() -> None:
    """They weigh thirty times as much in memory as on the wire."""
    tiny = mongodb(databases(199_000, b"\x06\0"), stalls=True)
    hosts: list[Served] = [
        *((f"tiny {number}", tiny, {"scheme": "mongodb"}) for number in range(8)),
        *((f"texts {number}", elastic(texts(1_000_000, 2)), {"scheme": "http"}) for number in range(8)),
    ]

    told = scanned(hosts, timeouts={}, is_product_loop=True)

    assert statuses(told, "") == {"not_checked"}
    assert told["peak_mebibytes"] <= 160
