"""A prober with small patience for tests on loopback, and questions without a check file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from leakguard.models.observations import Reply
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.prober import NetworkProber
from leakguard.probes.session import KindSession
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.verbs import Sent
from support.steady_loop import run_steady

QUICK = Timeouts(connect=0.5, handshake=0.4, request=0.5, target=3.0)
FAST = Limits(total=10_000, per_host=10_000)
run = run_steady


@dataclass(frozen=True)
class Question:
    """Implements `ports.Request`."""

    method: str
    what: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cap_bytes: int = 64 * 1024
    id: str = "q"


@dataclass
class Probing:
    """A prober, and all that it sent."""

    timeouts: Timeouts = QUICK
    limits: Limits = FAST
    gate: Callable[[Endpoint], None] = lambda _endpoint: None
    sent: list[Sent] = field(default_factory=list)

    def prober(self) -> NetworkProber:
        return NetworkProber(
            gate=self.gate,
            limits=self.limits,
            user_agent="leakguard/test (owner@example.org)",
            recorder=self.sent.append,
            timeouts=self.timeouts,
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
