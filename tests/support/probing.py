"""A prober with small patience for tests on loopback, and questions without a check file."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from leakguard.frozen import replace
from leakguard.models.observations import Reply
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes import loops
from leakguard.probes.prober import NetworkProber
from leakguard.probes.session import KindSession, NewReader
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.handles import Handles
from leakguard.probes.wire.verbs import SentBytes
from leakguard.shipped.reader import formless
from support.steady_loop import SteadyLoop

QUICK = Timeouts(connect=2.0, handshake=0.4, request=0.5, target=3.0)
PATIENT = Timeouts(connect=10, handshake=10, request=15, target=20)
"""For hosts that do answer: a loaded machine is slow."""
ON_REAL_TIME = replace(QUICK, connect=20.0, handshake=4.0, request=5.0, target=30.0)
"""`QUICK` on a loop of real time, where a busy machine keeps both the host and us waiting."""
FAST = Limits(total=10_000, per_host=10_000, per_network=10_000, per_name=10_000)
Result = TypeVar("Result")
loop_of_tests: ContextVar[loops.NewLoop | None] = ContextVar("loop_of_tests", default=None)
"""The kind of loop that `run` makes; `None` for the one that a busy machine cannot disturb."""


_NUMBERS = itertools.count()


def token(length: int) -> str:
    """So many digits in lower-case hex, other ones each time."""
    return f"{next(_NUMBERS):0{length}x}"


@dataclass(frozen=True)
class Question:
    """Implements `ports.Request`."""

    method: str
    what: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cap_bytes: int = 64 * 1024
    id: str = "q"
    told: str = ""


@dataclass
class Probing:
    """A prober, and all that it sent."""

    timeouts: Timeouts = QUICK
    limits: Limits = FAST
    gate: Callable[[Endpoint], None] = lambda _endpoint: None
    sent: list[SentBytes] = field(default_factory=list)
    handles: Handles | None = None
    leave: Callable[[], bool] = lambda: False
    new_reader: NewReader = formless

    def prober(self) -> NetworkProber:
        return NetworkProber(
            gate=self.gate,
            limits=self.limits,
            user_agent="leakguard/test (owner@example.org)",
            token=token,
            recorder=self.sent.append,
            timeouts=ON_REAL_TIME if self.timeouts is QUICK and _is_on_real_time() else self.timeouts,
            handles=self.handles,
            leave=self.leave,
            new_reader=self.new_reader,
        )

    def open(self, endpoint: Endpoint, kind: str) -> KindSession:
        return self.prober().open(endpoint, kind)

    async def ask(self, endpoint: Endpoint, kind: str, *questions: Question) -> list[Reply]:
        session = self.open(endpoint, kind)
        try:
            return [await session.ask(question) for question in questions]
        finally:
            await session.close()

    @property
    def connects(self) -> int:
        return sum(sent.kind == "connect" for sent in self.sent)

    @property
    def said(self) -> list[bytes]:
        return [sent.data for sent in self.sent if sent.kind != "connect"]


def _is_on_real_time() -> bool:
    with contextlib.suppress(RuntimeError):  # made before the loop runs: by a test that asks nobody
        return not isinstance(asyncio.get_running_loop(), SteadyLoop)
    return False


def waited() -> float:
    """Seconds for which the running loop of tests has waited for somebody, without what anything computed."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SteadyLoop), "on real time a machine that is busy has waited as well"
    return loop.waited


def run(work: Coroutine[Any, Any, Result], *, new_loop: loops.NewLoop | None = None) -> Result:
    """Run on a fresh loop, and never for longer than a test may take.

    Work that waits for another process needs a `new_loop` on real time.
    """
    return loops.run(asyncio.wait_for(work, 60), new_loop=new_loop or loop_of_tests.get() or SteadyLoop)
