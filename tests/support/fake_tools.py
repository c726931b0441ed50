"""What a scan needs from the outside, scripted: clock, names, prober and store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from leakguard.checks.definitions import CheckDefinition
from leakguard.errors import TooFewFiles
from leakguard.models.findings import Finding
from leakguard.models.samples import SampleOrder, SampleResult
from leakguard.models.scan_state import BindingLimit, ScanState
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.owners.cloud_checks.definitions import CloudCheck
from leakguard.parallel.parts import run_here
from leakguard.ports import Prober, Sampler
from leakguard.ports.clouds import Cloud
from leakguard.scanning.gate import Gate
from leakguard.sensitivity.book import KindBook
from leakguard.use_cases.scans.scan_assets import Report, Work
from support.books import kind_book
from support.fake_prober import FakeProber, library
from support.memory_store import MemoryStore
from support.scans import NOW


@dataclass(slots=True)
class FakeSampler:
    """Gives what a test scripted for each kind of store, and notes what it was asked for."""

    gives: dict[str, SampleResult] = field(default_factory=dict)
    asked: list[tuple[Endpoint, SampleOrder]] = field(default_factory=list)

    async def sample(self, endpoint: Endpoint, order: SampleOrder) -> SampleResult:
        """See `ports.Sampler`."""
        self.asked.append((endpoint, order))
        return self.gives.get(
            order.datastore, SampleResult(note=f"not sampled: there is no sampler for {order.datastore}")
        )


@dataclass(slots=True, kw_only=True)
class FakeTools:
    """Fits `use_cases.start_scan.ScanTools`; every look at the clock is a second later than the one before."""

    network: FakeProber = field(default_factory=FakeProber)
    checks: tuple[CheckDefinition, ...] = field(default_factory=library)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    limits: list[Limits] = field(default_factory=list)
    """The limits that each prober was made with."""
    doors: list[tuple[float | None, object]] = field(default_factory=list)
    """The time-out and the shared total that each prober was made with."""
    samples: FakeSampler = field(default_factory=FakeSampler)
    sampled_under: list[tuple[Gate, Limits]] = field(default_factory=list)
    seconds: float = 0.0
    most_parts: int = 64
    """The parts that the machine lets us open enough files for."""
    _tokens: count[int] = field(default_factory=count)
    cloud_checks: tuple[CloudCheck, ...] = ()
    aws: Cloud | None = None
    store: MemoryStore = field(init=False)

    def __post_init__(self) -> None:
        """The store looks at the same clock."""
        self.store = MemoryStore(self.now)

    @property
    def cloud(self) -> Cloud:
        """The scripted accounts, where a test has some."""
        assert self.aws is not None
        return self.aws

    def resolve(self, name: str) -> tuple[str, ...]:
        """Scripted addresses."""
        return self.names.get(name, ())

    def prober(self, gate: Gate, limits: Limits, *, timeout: float | None = None, shared: object = None) -> Prober:
        """The scripted network behind the gate."""
        self.doors.append((timeout, shared))
        self.limits.append(limits)
        self.network.gate = gate
        return self.network

    def sampler(self, gate: Gate, limits: Limits, *, beside: Prober) -> Sampler:
        """The scripted sampler, with a note of the gate and the limits."""
        del beside
        self.sampled_under.append((gate, limits))
        return self.samples

    def shared_total(self) -> object:
        """Something that can be told from nothing."""
        return "shared"

    def kind_book(self) -> KindBook:
        """The book that ships."""
        return kind_book()

    def refuse_few_files(self, parts: int) -> None:
        """The scripted machine opens files for `most_parts`."""
        if parts > self.most_parts:
            raise TooFewFiles("too few files", next_step="Allow more of them.")

    def run_parts(self, works: Sequence[Work], take: Report) -> bool:
        """One part after the other."""
        finished = [run_here(work, take, new_loop=asyncio.new_event_loop) for work in works]
        return all(finished)

    def now(self) -> datetime:
        """Scripted time."""
        self.seconds += 1
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Scripted duration."""
        return self.seconds

    def token(self, length: int = 8) -> str:
        """A different word each time."""
        return f"{next(self._tokens):0{length}x}"


@dataclass(slots=True)
class NotedProgress:
    """Notes what a person would have seen."""

    total: int | None = None
    seen: list[Finding] = field(default_factory=list)
    states: list[ScanState] = field(default_factory=list)
    limits: list[BindingLimit] = field(default_factory=list)
    finished_count: int = 0

    def started(self, total: int) -> None:
        """Note the number of endpoints."""
        self.total = total

    def bound(self, limit: BindingLimit) -> None:
        """Note the limit."""
        self.limits.append(limit)

    def found(self, finding: Finding) -> None:
        """Note the finding."""
        self.seen.append(finding)

    def moved(self, state: ScanState) -> None:
        """Note the state."""
        self.states.append(state)

    def finished(self) -> None:
        """Note the end."""
        self.finished_count += 1
