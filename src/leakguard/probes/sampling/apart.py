"""Samples taken apart: the scope and the rate are asked here, the records are read in a process of its own.

So no value is ever in the memory of the scan, which has a store, a log and a terminal: only counts come back, and
they are looked through once more before they are believed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import leakguard
from leakguard.errors import OutOfScope
from leakguard.models.findings import ProofRequest
from leakguard.models.kinds import Category
from leakguard.models.samples import SampleOrder, SampleResult
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.wire.door import Gate
from leakguard.probes.wire.rate import Rate

SAMPLED = frozenset({"elasticsearch", "opensearch", "couchdb", "postgresql", "mongodb"})
"""The keys of `process.SAMPLERS`, which only the other process loads; a test compares them."""
SECONDS = 60.0
MOST_AT_ONCE = 4
"""Processes, each of some fifty megabytes."""
_MOST_BYTES = 1024 * 1024
_MOST_LINES = 1_000
_LONGEST = 200
_COMMAND = (sys.executable, "-P", "-m", "leakguard.probes.sampling")


class SamplerApart:
    """Implements `ports.Sampler`."""

    def __init__(self, *, gate: Gate, rate: Rate, limits: Limits, user_agent: str) -> None:
        """`gate` raises `OutOfScope` for an endpoint whose address may not be connected to.

        `rate` is that of the scan, which the first connection of each process waits for; `limits` bind further ones.
        """
        self._gate = gate
        self._rate = rate
        shared = min(limits.total, limits.per_network)
        self._per_second = min(limits.per_host, shared / MOST_AT_ONCE)
        self._per_second_named = min(self._per_second, limits.per_name / MOST_AT_ONCE)
        self._user_agent = user_agent
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def sample(self, endpoint: Endpoint, order: SampleOrder) -> SampleResult:
        """See `ports.Sampler`."""
        if order.datastore not in SAMPLED:
            return SampleResult(note=f"not sampled: there is no sampler for {order.datastore}")
        try:
            self._gate(endpoint)
        except OutOfScope:
            return SampleResult(note="not sampled: out of scope when connecting")
        async with self._turns:
            await self._rate.wait(endpoint.address, endpoint.host)
            reply = await _run(self._order(endpoint, order))
        return sampled_from(reply) or SampleResult(note="not sampled: the process that samples did not come to its end")

    def _order(self, endpoint: Endpoint, order: SampleOrder) -> bytes:
        return json.dumps(
            {
                "address": endpoint.address, "port": endpoint.port, "host": endpoint.host, "scheme": endpoint.scheme,
                "datastore": order.datastore, "records": order.records, "user_agent": self._user_agent,
                "per_second": self._per_second_named if endpoint.host else self._per_second,
            }
        ).encode()  # fmt: skip


async def _run(order: bytes) -> bytes:
    """What the process said; nothing where it failed. It ends with us, whatever happens."""
    process = await asyncio.create_subprocess_exec(
        *_COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env=_environment(os.environ),
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            reply, _ = await process.communicate(order)
    except TimeoutError:
        return b""
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return reply if process.returncode == 0 else b""


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Our own, so that the process finds this very program."""
    root = str(Path(leakguard.__file__).parent.parent)
    return {**own, "PYTHONPATH": os.pathsep.join(filter(None, (root, own.get("PYTHONPATH", ""))))}


def sampled_from(reply: bytes) -> SampleResult | None:
    """The counts that the process wrote, each field held to what it may be; `None` for anything else."""
    if not 0 < len(reply) <= _MOST_BYTES:
        return None
    try:
        value = json.loads(reply)
        return SampleResult(
            note=_word(value["note"]),
            categories=tuple(_category(each) for each in value["categories"][:_MOST_LINES]),
            requests=tuple(_request(*each) for each in value["requests"][:_MOST_LINES]),
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def _category(each: Mapping[str, Any]) -> Category:
    return Category(
        category=_word(each["category"]), where=_word(each["where"]), by="value", count=int(each["count"]),
        looked_at=int(each["looked_at"]),
    )  # fmt: skip


def _request(method: object, what: object, status: object, size: object) -> ProofRequest:
    known = status if isinstance(status, int) else None
    return ProofRequest(method=_word(method), what=_word(what), status=known, bytes=int(str(size)))


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value[:_LONGEST]
