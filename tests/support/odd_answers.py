"""What a session and an examiner make of an odd answer over HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.examination import Examination
from leakguard.models.observations import Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.timeouts import Timeouts
from support.examining import examiner_with
from support.hostile import Script, says, serving
from support.matrix_scan import shipped
from support.probing import Probing, Question, run

CHECKS = shipped()
BRISK = Timeouts(connect=2, handshake=1, request=1.5, target=20, endpoint=20, guess=0.5, greeting=0.05)


def examined(script: Script, checks: Sequence[CheckDefinition] = CHECKS, **fields: object) -> Examination:
    async def work() -> Examination:
        async with serving(script) as host:
            endpoint = Endpoint(address="127.0.0.1", port=host.port, **{"named": True, **fields})  # type: ignore[arg-type]  # a test's own words
            return await examiner_with(Probing(timeouts=BRISK), checks).examine(endpoint)

    return run(work())


def asked(said: bytes, *, then: str = "close", **how: object) -> Reply:
    async def work() -> Reply:
        async with serving(says(said, then=then)) as host:
            [reply] = await Probing(timeouts=BRISK).ask(
                host.endpoint(), "http", Question("GET", "/", **{"cap_bytes": 256 * 1024, **how})  # type: ignore[arg-type]  # as above
            )  # fmt: skip
            return reply

    return run(work())
