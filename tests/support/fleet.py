"""A fleet in memory: real keys, real messages, a scripted network, and a broker that can be told to misbehave."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from leakguard.checks.definitions import CheckDefinition
from leakguard.cli.scan.progress import NoProgress
from leakguard.fleet.keys import KeyRing, public_text
from leakguard.fleet.messages import message_text
from leakguard.ledger.canonical import canonical
from leakguard.models.findings import Finding
from leakguard.models.fleet import FORM, Envelope, Shard, Share, VerifiedMessage
from leakguard.models.fleet_settings import FleetSettings
from leakguard.models.moments import to_z
from leakguard.models.observations import Ending
from leakguard.models.scope import Limits
from leakguard.parallel.parts import run_here
from leakguard.ports import Prober, Progress
from leakguard.scanning.gate import Gate
from leakguard.scanning.targets import parse_target
from leakguard.sensitivity.book import KindBook
from leakguard.use_cases.fleets.fleet_scan import fleet_scan
from leakguard.use_cases.fleets.fleet_tools import FleetSummary
from leakguard.use_cases.fleets.serve_fleet import FleetWorker
from leakguard.use_cases.scans.scan_assets import Report, Work
from leakguard.use_cases.scans.start_scan import ScanOptions
from support.books import kind_book
from support.fake_prober import FakeProber, FakeServer, library, store_server
from support.memory_store import MemoryStore
from support.scans import NOW, SCOPE_TEXT

COORDINATOR, WORKER, STRANGER, SECOND = (
    Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2, 3, 4)
)
LEASE_SECONDS = 60
CHECKS = library()
OPEN_FROM_OUTSIDE: dict[str, FakeServer | Ending] = {
    "127.0.0.1:9200": store_server(),
    "127.0.0.2:9200": store_server(locked=True),
    "127.0.0.5:9200": store_server(records=7),
}
CLOSED_INSIDE: dict[str, FakeServer | Ending] = {"127.0.0.2:9200": store_server(locked=True)}


def coordinator_seal() -> KeyRing:
    return KeyRing(COORDINATOR, {"worker-1": public_text(WORKER)})


def worker_seal(key: Ed25519PrivateKey = WORKER) -> KeyRing:
    return KeyRing(key, {"coordinator": public_text(COORDINATOR)})


@dataclass(frozen=True, slots=True)
class OtherForm:
    """Signs as a release does whose messages have another form; fits `use_cases.fleets.seal.Seal`."""

    ring: KeyRing

    def close(self, kind: str, body: str) -> Envelope:
        """The message with another head, and with a field that nobody here knows."""
        other = {"form": FORM + 1, "release": "9.9.9", "new_field": {"a": 1}}
        return self.ring.close(kind, canonical(json.loads(body) | other))

    def open(self, envelope: Envelope) -> VerifiedMessage:
        """As everybody."""
        return self.ring.open(envelope)

    @property
    def public(self) -> str:
        """As everybody."""
        return self.ring.public

    def key_of(self, signer: str) -> str:
        """As everybody."""
        return self.ring.key_of(signer)


@dataclass(slots=True)
class Clock:
    """Stands still until somebody waits."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(slots=True, kw_only=True)
class WorkerTools:
    """Fits `use_cases.shards.ShardTools`."""

    clock: Clock = field(default_factory=Clock)
    network: FakeProber = field(default_factory=FakeProber)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    checks: tuple[CheckDefinition, ...] = CHECKS
    limits: list[Limits] = field(default_factory=list)
    timeouts: list[float | None] = field(default_factory=list)

    def resolve(self, name: str) -> tuple[str, ...]:
        return self.names.get(name, ())

    def prober(self, gate: Gate, limits: Limits, *, timeout: float | None = None) -> Prober:
        self.limits.append(limits)
        self.timeouts.append(timeout)
        self.network.gate = gate
        return self.network

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.now().timestamp()

    def kind_book(self) -> KindBook:
        """The book that ships."""
        return kind_book()

    def run_parts(self, works: Sequence[Work], take: Report) -> bool:
        finished = [run_here(work, take, new_loop=asyncio.new_event_loop) for work in works]
        return all(finished)


def worker_of(
    vantage: str = "campus", *, tools: WorkerTools | None = None, said: list[str] | None = None, slots: int = 2
) -> FleetWorker:
    lines: list[str] = [] if said is None else said
    return FleetWorker(
        vantage=vantage, name=f"{vantage}-1", seal=worker_seal(), tools=tools or WorkerTools(),
        lease=timedelta(seconds=LEASE_SECONDS), tell=lines.append, slots=slots,
    )  # fmt: skip


def shard_of(*targets: str, **fields: Any) -> Shard:  # noqa: ANN401  (fields of the shard)
    """A shard over the whole of a small plan, changed by `fields`."""
    given: dict[str, Any] = {
        "scan": "R-1", "vantage": "campus", "run": "R-1-campus", "number": 0, "of": 1, "attempt": 1,
        "not_after": to_z(NOW + timedelta(seconds=LEASE_SECONDS)), "scope_text": SCOPE_TEXT,
        "targets": targets or ("127.0.0.0/29:9200",), "resolved": {}, "ports": (9200,),
        "checks": tuple(f"{check.id}@{check.version}" for check in CHECKS), "order_key": "0" * 32,
        "nonsense": "nothing-here", "holder": public_text(WORKER),
        "share": Share(total=1_000.0, per_host=100.0, per_network=1_000.0, per_name=1_000.0),
    }  # fmt: skip
    return Shard(**(given | fields))


def sealed(shard: Shard, seal: KeyRing | None = None) -> dict[str, Any]:
    """As it lies in the queue."""
    return (seal or coordinator_seal()).close(*message_text(shard)).model_dump()


@dataclass(frozen=True, slots=True)
class Letter:
    """Fits `use_cases.fleet_tools.Arrival`."""

    value: object
    settle: Callable[[], None]


class Killed(BaseException):
    """The coordinator is gone: nothing may catch this."""


@dataclass(slots=True, kw_only=True)
class MemoryBroker:
    """Queues in memory; whoever waits for an answer lets a worker do one order. Implements `Courier`."""

    clock: Clock
    workers: Mapping[str, FleetWorker | None]
    seconds: Mapping[str, FleetWorker] = field(default_factory=dict)
    """Second workers of vantages, each with a key of its own."""
    orders: dict[str, deque[dict[str, Any]]] = field(default_factory=dict)
    answers: deque[object] = field(default_factory=deque)
    on_order: Callable[[dict[str, Any]], str] = lambda _order: "serve"
    """`serve`, `lose` (the worker dies at it), `twice` (a second one does it too), `late` (after all others)."""
    on_answer: Callable[[dict[str, Any]], object] = lambda answer: answer
    in_flight: list[int] = field(default_factory=list)
    """How many orders lay in the queues, each time that one was sent."""
    settled: int = 0
    closed: list[bool] = field(default_factory=list)

    def send(self, vantage: str, envelope: Envelope, *, until: datetime, holder: str = "") -> None:
        del until, holder
        self.orders.setdefault(vantage, deque()).append(envelope.model_dump())
        self.in_flight.append(sum(len(queue) for queue in self.orders.values()))

    def call(self, vantage: str, envelope: Envelope) -> None:
        for worker in (self.workers.get(vantage), self.seconds.get(vantage)):
            reply = None if worker is None else worker.present(envelope.model_dump())
            if reply is not None:
                self.answers.append(reply.envelope.model_dump())

    def receive(self, seconds: float) -> Letter | None:
        if not self.answers:
            self._serve_one()
        if not self.answers:
            self.clock.wait(max(seconds, 0.5))
            return None
        return Letter(self.answers.popleft(), self._settle)

    def close(self, *, is_finished: bool) -> None:
        self.closed.append(is_finished)

    def _settle(self) -> None:
        self.settled += 1

    def _serve_one(self) -> None:
        for vantage, queue in self.orders.items():
            worker = self.workers.get(vantage)
            if worker is None or not queue:
                continue
            order = queue.popleft()
            if json.loads(order["body"]).get("holder") == public_text(SECOND):
                worker = self.seconds[vantage]
            fate = self.on_order(order)
            if fate == "late":
                queue.append(order)
                continue
            for _ in range({"serve": 1, "twice": 2}.get(fate, 0)):
                reply = worker.answer(order)
                if reply is not None:
                    self.answers.append(self.on_answer(reply.envelope.model_dump()))
            return


@dataclass(slots=True, kw_only=True)
class Fleet:
    """Fits `use_cases.fleet_tools.FleetTools`: a coordinator with two vantages, campus and outside."""

    clock: Clock = field(default_factory=Clock)
    names: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """What each vantage makes of names."""
    fleet: FleetSettings = field(
        default_factory=lambda: FleetSettings(
            broker="redis://localhost", workers=2, lease_seconds=LEASE_SECONDS, attempts=3
        )
    )
    checks: tuple[CheckDefinition, ...] = CHECKS
    seal: KeyRing | OtherForm = field(default_factory=coordinator_seal)
    said: list[str] = field(default_factory=list)
    worker_said: list[str] = field(default_factory=list)
    tools: dict[str, WorkerTools] = field(init=False)
    broker: MemoryBroker = field(init=False)
    store: MemoryStore = field(init=False)
    scope: str = SCOPE_TEXT
    _tokens: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        servers = {"campus": CLOSED_INSIDE, "outside": OPEN_FROM_OUTSIDE}
        self.tools = {
            vantage: WorkerTools(
                clock=self.clock, network=FakeProber(servers=seen), names=self.names.get(vantage, {})
            )
            for vantage, seen in servers.items()
        }  # fmt: skip
        self.store = MemoryStore(self.now)
        self.broker = MemoryBroker(clock=self.clock, workers=self.new_workers())

    def new_workers(self) -> dict[str, FleetWorker | None]:
        return {name: worker_of(name, tools=tools, said=self.worker_said) for name, tools in self.tools.items()}

    def with_seconds(self) -> Fleet:
        """Each vantage has a second worker from now on, on a machine of its own, which sees what the first one sees."""
        self.seal = KeyRing(COORDINATOR, {"worker-1": public_text(WORKER), "worker-2": public_text(SECOND)})
        self.broker.seconds = {
            name: replace(worker, name=f"{name}-2", seal=worker_seal(SECOND))
            for name, worker in self.new_workers().items()
            if worker is not None
        }
        return self

    def courier(self, scan: str) -> MemoryBroker:
        del scan
        return self.broker

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.now().timestamp()

    def token(self, length: int = 8) -> str:
        return f"{next(self._tokens):0{length}x}"

    def scan(
        self, *targets: str, vantage: str = "campus,outside", progress: Progress | None = None, **options: Any  # noqa: ANN401  (the wish)
    ) -> FleetSummary:  # fmt: skip
        wished = ScanOptions(targets=tuple(parse_target(text) for text in targets), vantage=vantage, **options)
        return fleet_scan(
            wished, self.scope, self, self.said.append, scope_name="scope.yaml", progress=progress or NoProgress()
        )  # fmt: skip


def interrupted_behind(count: int) -> Callable[[object], str]:
    """For `on_order`: so many orders are served, and at the next one somebody presses Ctrl-C."""
    left = iter(range(count))

    def fate(_: object) -> str:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return "serve"

    return fate


def without_its_last(answer: dict[str, Any]) -> dict[str, Any]:
    """The result of a worker that lost its network behind what it found, before it had asked one closed address."""
    body = json.loads(answer["body"])
    if answer["kind"] != "result" or not body["findings"]:
        return answer
    unasked = next(key for key, standing in body["standings"].items() if standing == "closed")
    seen = body["counts"]
    counts = seen | {"closed": seen["closed"] - 1, "not_checked": seen.get("not_checked", 0) + 1}
    standings = {key: standing for key, standing in body["standings"].items() if key != unasked}
    cut = {"is_complete": False, "cut_short_by": "network_lost", "counts": counts, "standings": standings}
    return worker_seal().close("result", canonical(body | cut)).model_dump()


def told(findings: Iterable[Finding]) -> set[tuple[str, str, str, str]]:
    return {(one.vantage, one.target, one.check_id, one.verdict.outcome.value) for one in findings}
