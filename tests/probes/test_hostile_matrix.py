"""The matrix of hostile hosts: all at once, by every check that ships.

Once on a clock that counts silence alone: nobody gets more of it than an endpoint has. And once in a process of its
own, whose memory is measured and whose clock leaves out the time in which it or its hosts wait for a CPU; no second of
it is compared. `make bench` measures for how long a hostile host holds everybody else up.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.models.targets import Endpoint
from support.books import kind_book
from support.certificates import hostile_context
from support.examining import examiner_with
from support.hostile import Host, serving
from support.matrix_scan import ENDPOINT_SECONDS, TIMEOUTS, scan_apart
from support.probing import Probing, run, waited
from support.shipped import LIBRARY
from support.zoo import CANARY, CERTIFICATES, PLAIN, evil_everywhere

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(600)]

GRACE = 1.0
"""Seconds of silence beside those that an endpoint has; without a deadline a tarpit would hold us for ever."""
MOST_MEBIBYTES = (96.0, 160.0)
"""56 of them are the program. Of the others five are taken in up to their cap of 8 MiB, for they name a product; what
is read is held until the endpoint is done, and two are read at once."""
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

    return asyncio.run(work())


@pytest.fixture(scope="module")
def hosts(both: list[dict[str, Any]]) -> Mapping[str, Any]:
    """What came of each host."""
    return {**both[0]["hosts"], **both[1]["hosts"]}


@pytest.mark.parametrize("name", sorted({**PLAIN, **CERTIFICATES}))
def test_every_hostile_host_is_done_and_stands_in_one_state(hosts: Mapping[str, Any], name: str) -> None:
    told = hosts[name]

    assert told["bug"] == ""
    assert told["standing"] in {"exposed", "protected", "other", "closed", "silent", "not_checked"}
    assert (told["standing"] == "exposed") is (name in OPEN or name in CERTIFICATES)
    if name in UNKNOWN:
        assert [finding["outcome"] for finding in told["findings"]] == ["inconclusive"]


@pytest.mark.parametrize("group", [0, 1])
def test_hostile_hosts_get_little_memory(both: list[dict[str, Any]], group: int) -> None:
    assert both[group]["peak_mebibytes"] <= MOST_MEBIBYTES[group]


def test_no_hostile_host_is_waited_for_longer_than_an_endpoint_may_take() -> None:
    """All at once: what one of them says or leaves unsaid gives no other one more time."""
    silences: dict[str, float] = {}

    async def work() -> None:
        examiner = replace(examiner_with(Probing(timeouts=TIMEOUTS), LIBRARY), kind_definitions=kind_book)

        async def one(name: str, port: int) -> None:
            await examiner.examine(Endpoint(address="127.0.0.1", named=True, port=port, scheme="http"))
            silences[name] = waited()

        async with contextlib.AsyncExitStack() as running:
            ports = {name: (await running.enter_async_context(serving(PLAIN[name]()))).port for name in PLAIN}
            await asyncio.gather(*[one(name, port) for name, port in ports.items()])

    run(work())

    assert silences.keys() == PLAIN.keys()
    assert {name: seconds for name, seconds in silences.items() if seconds > ENDPOINT_SECONDS + GRACE} == {}


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
