"""The process that samples: one store, one line to it, counts out, and then it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import to_builtins

from leakguard.errors import OutOfScope
from leakguard.models.samples import MOST_RECORDS
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.sampling.asking import ContentDoor, RunningSample
from leakguard.probes.sampling.mongodb import sample_mongodb
from leakguard.probes.sampling.postgres import sample_postgres
from leakguard.probes.sampling.web import sample_couchdb, sample_elastic
from leakguard.probes.session import SessionSetup
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.door import Gate
from leakguard.probes.wire.rate import Rate

SECONDS = 45.0
"""For all of it."""
SAMPLERS: Mapping[str, Callable[[RunningSample], Awaitable[None]]] = MappingProxyType(
    {
        "elasticsearch": sample_elastic,
        "opensearch": sample_elastic,
        "couchdb": sample_couchdb,
        "postgresql": sample_postgres,
        "mongodb": sample_mongodb,
    }
)
"""By datastore; others are not sampled, and the finding says so."""


def answer(order: str) -> str:
    """The counts for an order, both as JSON; the order comes from `apart`."""
    wanted = json.loads(order)
    endpoint = Endpoint(address=wanted["address"], port=wanted["port"], host=wanted["host"], scheme=wanted["scheme"])
    records = max(1, min(int(wanted["records"]), MOST_RECORDS))
    rate = Rate(Limits(total=float(wanted["per_second"])))
    sampling = asyncio.run(_sample(endpoint, wanted["datastore"], records, wanted["user_agent"], rate))
    sampled = sampling.sampled()
    return json.dumps(
        {
            "note": sampled.note,
            "categories": to_builtins(sampled.categories),
            "requests": [[request.method, request.what, request.status, request.bytes] for request in sampled.requests],
        }
    )


async def _sample(endpoint: Endpoint, datastore: str, records: int, user_agent: str, rate: Rate) -> RunningSample:
    """What was counted until the end, or until the time was over."""
    door = ContentDoor(gate=only(endpoint), rate=rate, recorder=None)
    timeouts = Timeouts(target=SECONDS, endpoint=SECONDS)
    way = SessionSetup(door=door, endpoint=endpoint, timeouts=timeouts, user_agent=user_agent, token=_no_token)
    sampling = RunningSample(endpoint=endpoint, way=way, records=records)
    try:
        async with asyncio.timeout(SECONDS):
            await SAMPLERS[datastore](sampling)
    except TimeoutError:
        pass
    return sampling


def only(endpoint: Endpoint) -> Gate:
    """A gate for one address and port: the scope was asked about it before the process was started."""

    def check(asked: Endpoint) -> None:
        if (asked.address, asked.port) != (endpoint.address, endpoint.port):
            raise OutOfScope(f"{asked.target} is not what was ordered")

    return check


def _no_token(_length: int) -> Any:  # noqa: ANN401  (never gives anything)
    raise NotImplementedError("no protocol that is sampled needs a name of its own")
