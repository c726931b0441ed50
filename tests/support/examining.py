"""An examiner with a real prober, for hosts on loopback that take part in a whole examination."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.examination import Examination
from leakguard.engine.examiner import Examiner
from leakguard.frozen import replace
from leakguard.models.scope import OwnerPermission
from leakguard.models.targets import Endpoint
from support.fake_prober import library
from support.hostile import Script, serving
from support.probing import Probing
from support.scans import NOW, gate_of

LEAVE = OwnerPermission(allowed_by="Jane Roe", allowed_at=NOW.date(), until=NOW.date() + timedelta(days=7))
"""The owner's leave to ask industrial devices."""


def examiner_with(
    probing: Probing, checks: Sequence[CheckDefinition] | None = None, *, industrial: OwnerPermission | None = None
) -> Examiner:
    """Examines for the library of small checks, or for `checks`; `industrial` is the owner's leave for such devices."""
    gate = gate_of("127.0.0.0/8")
    return Examiner(
        prober=probing.prober(), library=library() if checks is None else checks,
        gate=replace(gate, scope=replace(gate.scope, industrial=industrial)),
        run="R-20261124-000001", vantage="local", now=lambda: NOW, random_word="n0nsense",
    )  # fmt: skip


async def examined(script: Script, probing: Probing, **fields: object) -> Examination:
    """What came of the host that runs `script`; `fields` are those of its endpoint."""
    async with serving(script) as host:
        endpoint = replace(Endpoint(address="127.0.0.1", port=host.port, named=True), **fields)  # type: ignore[arg-type]  # a test's own words
        return await examiner_with(probing).examine(endpoint)
