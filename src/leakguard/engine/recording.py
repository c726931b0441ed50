"""Records which requests a host gets and how the answers end, and never their content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leakguard.checks.explaining import deciding_rule
from leakguard.engine.examination import CheckResult
from leakguard.frozen import Frozen
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Approach, Endpoint, SweepEndpoint
from leakguard.ports import Prober, Request, RunningSweep, Session, SweepWatcher


class RecordedQuestion(Frozen):
    """One request and how its answer ended."""

    method: str
    what: str
    transport: str
    ended: Ending
    status: int | None
    size_bytes: int
    seconds: float


@dataclass(slots=True, kw_only=True)
class AttemptLog:
    """One attempt in one protocol; the fields are as in the JSON of `leakguard scan --explain`."""

    kind: str
    approach: Approach
    greeted: bool | None = None
    """Whether the host sent data first; `None` if that was not waited for."""
    asked: list[RecordedQuestion] = field(default_factory=list)
    tls_version: str | None = None


class RuleLog(Frozen):
    """One check and what decided it."""

    check_id: str
    outcome: Outcome
    rule: int | None
    """The number of the rule in the check's file; `None` if no rule was evaluated or none holds."""
    reason: str
    bucket: str | None = None


@dataclass(slots=True)
class EndpointLog:
    """All that was recorded of one endpoint."""

    attempts: list[AttemptLog] = field(default_factory=list)
    """In their order."""
    rules: list[RuleLog] = field(default_factory=list)
    """The results, each with the rule that decided its verdict."""


@dataclass(slots=True)
class Recorder:
    """Keeps a record of each endpoint, by its key."""

    records: dict[str, EndpointLog] = field(default_factory=dict)

    def of(self, endpoint: Endpoint) -> EndpointLog:
        """The record of one endpoint."""
        return self.records.setdefault(endpoint.key, EndpointLog())

    def record(self, endpoint: Endpoint, results: Sequence[CheckResult]) -> None:
        """Record which rules decided; can be used as `Examiner.on_results`."""
        self.of(endpoint).rules.extend(
            RuleLog(
                check_id=item.definition.id, outcome=item.verdict.outcome, reason=item.verdict.reason,
                rule=deciding_rule(item.definition, item.observation), bucket=item.bucket,
            )
            for item in results
        )  # fmt: skip


class RecordingProber(Frozen, kw_only=False):
    """A prober that records its sessions and opens one for every endpoint; implements `ports.Prober`."""

    prober: Prober
    recorder: Recorder

    def slept(self) -> float:
        """See `ports.Prober`."""
        return self.prober.slept()

    @property
    def max_parallel(self) -> int:
        """One, so that `leakguard scan --explain` records in order."""
        return 1

    @property
    def connections(self) -> int:
        """See `ports.Prober`."""
        return self.prober.connections

    def sweep(self, endpoints: Iterator[SweepEndpoint], watcher: SweepWatcher, *, first: int) -> RunningSweep:
        """A sweep that connects to nothing and reports every endpoint as open, so that each gets a session."""
        return _NoSweep(endpoints=endpoints, watcher=watcher, next_position=first)

    def for_endpoint(self, spent: float = 0.0) -> Prober:
        """See `ports.Prober`; the prober that this returns records too."""
        return RecordingProber(self.prober.for_endpoint(spent), self.recorder)

    def open(self, endpoint: Endpoint, kind: str, approach: Approach = Approach.SUGGESTED) -> Session:
        """A recorded session."""
        attempt = AttemptLog(kind=kind, approach=approach)
        self.recorder.of(endpoint).attempts.append(attempt)
        return _RecordingSession(self.prober.open(endpoint, kind, approach), attempt)


@dataclass(slots=True, kw_only=True)
class _NoSweep:
    """Passes on the few endpoints that `leakguard scan --explain` names; implements `ports.RunningSweep`."""

    endpoints: Iterator[SweepEndpoint]
    watcher: SweepWatcher
    next_position: int
    in_flight: int = 0
    connections: int = 0

    def pending(self) -> Iterator[int]:
        return iter(())

    async def run(self) -> None:
        for endpoint in self.endpoints:
            self.next_position = max(self.next_position, endpoint.position + 1)
            self.watcher.opened(endpoint)

    @property
    def network_away_seconds(self) -> float:
        """See `ports.RunningSweep`."""
        return 0.0

    async def is_network_lost(self) -> bool:
        """See `ports.RunningSweep`; it connects to nothing."""
        return False

    def pause(self) -> None:
        """See `ports.RunningSweep`; there are too few endpoints to pause."""

    def resume(self) -> None:
        """See `ports.RunningSweep`."""


class _RecordingSession(Frozen, kw_only=False):
    session: Session
    attempt: AttemptLog

    @property
    def transport(self) -> str:
        return self.session.transport

    @property
    def tls(self) -> TlsSeen | None:
        return self.session.tls

    @property
    def is_connected(self) -> bool:
        return self.session.is_connected

    @property
    def possible_protocols(self) -> tuple[str, ...]:
        return self.session.possible_protocols

    @property
    def hints(self) -> tuple[str, ...]:
        return self.session.hints

    async def greeting(self) -> bool:
        self.attempt.greeted = await self.session.greeting()
        return self.attempt.greeted

    async def closes_at_once(self) -> bool:
        return await self.session.closes_at_once()

    async def ask(self, request: Request) -> Reply:
        reply = await self.session.ask(request)
        self._note(request, reply)
        return reply

    def _note(self, request: Request, reply: Reply) -> None:
        question = RecordedQuestion(
            method=reply.method, what=request.told or reply.what, transport=self.session.transport, ended=reply.ended,
            status=reply.status, size_bytes=reply.size_bytes, seconds=reply.seconds,
        )  # fmt: skip
        if question not in self.attempt.asked:  # an equal one was answered from memory: even its time is the same
            self.attempt.asked.append(question)
        self.attempt.tls_version = self.session.tls.version if self.session.tls is not None else None

    async def close(self) -> None:
        await self.session.close()
