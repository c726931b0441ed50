"""The matrix of hostile hosts: all at once, by every check that ships, in time, memory and pauses that are measured.

The scan runs in a process of its own, so that what is measured is its own. Its clock leaves out the time in which it
or its hosts wait for a CPU, and pauses are counted in CPU time, so that a busy machine fails nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.certificates import hostile_context
from support.hostile import Host, serving
from support.matrix_scan import ENDPOINT_SECONDS, scan_apart
from support.zoo import CANARY, CERTIFICATES, PLAIN, evil_everywhere

pytestmark = [pytest.mark.untraced, pytest.mark.enable_socket, pytest.mark.timeout(600)]

SLACK = 30.0
"""Seconds on the clock of the scan, for a machine that is slow; without a deadline a tarpit would hold us for ever."""
LONGEST_RUN = 500.0
"""Seconds on the wall for both scans; they take some 15 where nothing else runs."""
MOST_MEBIBYTES = (96.0, 160.0)
"""56 of them are the program. Of the others five are taken in up to their cap of 8 MiB, for they name a product; what
is read is held until the endpoint is done, and two are read at once."""
LONGEST_STALL = 0.1
"""Seconds of CPU in which the loop may keep everybody else waiting."""
FOURTEEN = (
    "accepts and never answers", "one byte of the head a second", "one byte of the body a second",
    "a body of ten gigabytes", "a compressed bomb", "a redirect to another host", "an alert of TLS",
    "a flood of headers", "chunks without an end", "a reset at once", "JSON a million deep", "random bytes",
    "a redirect to itself", "a second answer that nobody asked for",
)  # fmt: skip
"""Those that other scanners were measured against."""
OTHERS = tuple(name for name in PLAIN if name not in FOURTEEN)
OPEN = {"eight thousand indices", "names that are long and look like notes", "names full of words for data of people",
        "numbers beyond 64 bits", "keys that come twice", "escapes and HTML everywhere"}  # fmt: skip
"""An open store all the same, whatever it says."""
UNKNOWN = {"ten million indices", "JSON of empty lists", "JSON of different keys", "JSON a million deep",
           "JSON nested 100,000 deep", "a number of a megabyte", "invalid UTF-8"}  # fmt: skip
"""It calls itself an Elasticsearch, but what it lists cannot be read."""


IN_TLS = tuple(CERTIFICATES)
"""Open stores that show a certificate which nobody should be able to show."""


async def scanned(names: tuple[str, ...], folder: Path) -> dict[str, Any]:
    """What a scan of these hosts in a child told."""
    async with contextlib.AsyncExitStack() as running:
        hosts = {name: await running.enter_async_context(_serving(name, folder)) for name in names}
        places = {
            name: {"port": host.port, "scheme": "https" if name in CERTIFICATES else "http"}
            for name, host in hosts.items()
        }
        told = await scan_apart(places)
        ports = {host.port for host in hosts.values()}
        return told | {
            "strange": [place for place in told["places"] if place[0] != "127.0.0.1" or place[1] not in ports]
        }


def _serving(name: str, folder: Path) -> contextlib.AbstractAsyncContextManager[Host]:
    if name not in CERTIFICATES:
        return serving(PLAIN[name]())
    called, change = CERTIFICATES[name]
    return serving(evil_everywhere(), tls=hostile_context(folder, change, called))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Two scans side by side: of the fourteen, and of all others."""
    folder = tmp_path_factory.mktemp("tls")

    async def work() -> list[dict[str, Any]]:
        return [*await asyncio.gather(scanned(FOURTEEN, folder), scanned(OTHERS + IN_TLS, folder))]

    return asyncio.run(asyncio.wait_for(work(), LONGEST_RUN))


@pytest.fixture(scope="module")
def hosts(both: list[dict[str, Any]]) -> Mapping[str, Any]:
    """What came of each host."""
    return {**both[0]["hosts"], **both[1]["hosts"]}


@pytest.mark.parametrize("name", sorted({**PLAIN, **CERTIFICATES}))
def test_every_hostile_host_is_done_in_its_time_and_stands_in_one_state(hosts: Mapping[str, Any], name: str) -> None:
    told = hosts[name]

    assert told["bug"] == ""
    assert told["seconds"] < ENDPOINT_SECONDS + 1 + SLACK
    assert told["standing"] in {"exposed", "protected", "other", "closed", "silent", "not_checked"}
    assert (told["standing"] == "exposed") is (name in OPEN or name in CERTIFICATES)
    if name in UNKNOWN:
        assert [finding["outcome"] for finding in told["findings"]] == ["inconclusive"]


@pytest.mark.parametrize("group", [0, 1])
def test_hostile_hosts_get_little_memory_and_hold_nobody_up(both: list[dict[str, Any]], group: int) -> None:
    assert both[group]["peak_mebibytes"] <= MOST_MEBIBYTES[group]
    assert both[group]["stall"] <= LONGEST_STALL


@pytest.mark.parametrize("group", [0, 1])
def test_no_redirect_is_followed_and_no_compression_asked_for(both: list[dict[str, Any]], group: int) -> None:
    """Not to another host, port or scheme, and not to the metadata of a cloud."""
    assert both[group]["strange"] == []
    assert both[group]["asks_for_compression"] is False


def test_nothing_that_a_host_says_reaches_a_finding_as_it_came(hosts: Mapping[str, Any]) -> None:
    text = json.dumps([told["findings"] for told in hosts.values()], ensure_ascii=False)

    assert CANARY not in text
    assert all(char.isprintable() for char in text)
    assert all(finding["tls"]["sha256"] for name in CERTIFICATES for finding in hosts[name]["findings"])
    assert all(len(finding["version"] or "") <= 64 for told in hosts.values() for finding in told["findings"])
