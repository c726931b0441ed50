"""What a coordinator of the fleet needs from the outside, and the values that it works with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.examination import EndpointStatus
from leakguard.fleet.dispatch import Lane
from leakguard.fleet.vantages import Difference
from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.findings import Finding, Outcome
from leakguard.models.fleet import Envelope, Known, ShardResult, Share
from leakguard.models.fleet_settings import FleetSettings
from leakguard.ports import ScanStore
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.part_targets import PartTargets
from leakguard.scanning.plan import Plan
from leakguard.scanning.quiet_hours import QuietTime
from leakguard.use_cases.fleets.seal import Seal


class Arrival(Protocol):
    """A message out of the queue of results; it comes again, perhaps to another coordinator, until it is settled."""

    @property
    def value(self) -> object:
        """What JSON it holds."""

    @property
    def settle(self) -> Callable[[], None]:
        """To be called when it has been taken."""


class Courier(Protocol):
    """The broker, as a coordinator sees it; each call may raise `FleetUnreachable`."""

    def send(self, vantage: str, envelope: Envelope, *, until: datetime, holder: str = "") -> None:
        """Put a message into the queue of a vantage; nobody need take it out after `until`.

        With `holder`, a public key, it goes into the queue of that worker alone.
        """

    def call(self, vantage: str, envelope: Envelope) -> None:
        """Say something to every worker of a vantage that is there now."""

    def receive(self, seconds: float) -> Arrival | None:
        """The next answer, or nothing after so many seconds."""

    def close(self, *, is_finished: bool) -> None:
        """Let go of the broker; once the scan is finished, its queue of results goes too."""


class FleetTools(Protocol):
    """What `wiring` gives a coordinator."""

    @property
    def store(self) -> ScanStore:
        """Where findings and events go."""

    @property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """All checks that ship."""

    @property
    def fleet(self) -> FleetSettings:
        """The table `[fleet]` of the settings."""

    @property
    def seal(self) -> Seal:
        """Our key, and the keys of the workers that we trust."""

    def courier(self, scan: str) -> Courier:
        """The broker, with a queue for the results of this scan."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


class WorkerReport(Frozen):
    """What one worker reported of a shard, once it is believed to be of that worker."""

    signer: str
    """The name of its key."""
    result: ShardResult
    findings: tuple[Finding, ...]


@dataclass(slots=True, kw_only=True)
class VantageRun:
    """The run of one vantage: an ordinary run of the store, made of shards."""

    vantage: str
    run: str
    plan: Plan
    targets: PartTargets
    of: int
    share: Share
    order_key: str
    nonsense: str
    lane: Lane
    known: Mapping[int, tuple[Known, ...]]
    """What earlier runs know, by shard."""
    counts: dict[int, Mapping[str, int]] = field(default_factory=dict)
    """How the endpoints of each finished shard stand."""
    partial: dict[int, Mapping[str, int]] = field(default_factory=dict)
    """The same of shards that were never finished, as far as they came."""
    cut_off: set[str] = field(default_factory=set)
    """The workers of which a person was told that nobody answers them any more."""
    heard: dict[int, WorkerReport] = field(default_factory=dict)
    """Results that wait: for a second worker, or for the rest of their shard."""
    refused: dict[str, int] = field(default_factory=dict)
    """Results that were not taken, by the name of the key that signed them."""


class VantageSummary(Frozen):
    """How the run of one vantage ended: every endpoint stands in exactly one of the counts."""

    vantage: str
    run: str
    counts: Mapping[str, int]
    planned: int
    given_up: Mapping[str, int]
    """Why shards were not done, and how many of each reason."""
    unresolved: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    """Names of which some addresses were not looked at."""
    unheeded: tuple[str, ...] = ()
    """Excluded names that have no address from there, so that no address of their host was excluded."""
    ports_left_out: tuple[int, ...] = ()
    """Ports of industrial devices that were requested and not asked."""
    refused: Mapping[str, int] = frozen_field(default_factory=dict)
    """Results that were not taken, by the name of the key that signed them; see `taking`."""
    not_reached: int = 0
    """How many of those that were not checked nobody came to; the others were tried."""

    @property
    def reached(self) -> dict[str, int]:
        """The counts without those that nobody came to, as a stopped run of one machine is told."""
        not_checked = EndpointStatus.NOT_CHECKED.value
        left = {not_checked: self.counts.get(not_checked, 0) - self.not_reached}
        return {standing: count for standing, count in {**self.counts, **left}.items() if count}

    @property
    def is_left_out(self) -> bool:
        """Whether something that ought to be looked at was not."""
        return bool(self.unresolved or self.given_up) or any(left_out.is_unknown for left_out in self.left_out)


class FleetSummary(Frozen):
    """How a scan from several vantages ended."""

    scan: str
    vantages: tuple[VantageSummary, ...]
    differences: tuple[Difference, ...]
    findings: Collection[Finding]
    is_interrupted: bool = False
    quiet: QuietTime | None = None
    """The quiet hours that stopped the scan, if they did."""

    @property
    def planned(self) -> int:
        """The endpoints of all vantages."""
        return sum(vantage.planned for vantage in self.vantages)

    @property
    def counts(self) -> dict[str, int]:
        """The counts of all vantages added up: an endpoint counts once a vantage."""
        added: dict[str, int] = {}
        for vantage in self.vantages:
            for standing, count in vantage.counts.items():
                added[standing] = added.get(standing, 0) + count
        return added

    @property
    def is_exposed(self) -> bool:
        """Whether something of ours is open to one vantage at least."""
        return any(item.verdict.outcome in {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED} for item in self.findings)

    @property
    def is_unfinished(self) -> bool:
        """Whether some endpoint got no clear answer from some vantage."""
        is_unclear = any(item.verdict.outcome is Outcome.INCONCLUSIVE for item in self.findings)
        is_left_out = self.is_interrupted or any(vantage.is_left_out for vantage in self.vantages)
        return is_left_out or is_unclear or bool(self.counts.get(EndpointStatus.NOT_CHECKED.value))
