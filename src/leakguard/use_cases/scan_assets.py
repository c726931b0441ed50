"""Runs a scan: many endpoints at once, each result stored as soon as it is known, stoppable at any moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from leakguard.models.events import Interval
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.records import Record
from leakguard.models.targets import Endpoint
from leakguard.ports import Progress, ScanStore
from leakguard.scanning.held import found_of
from leakguard.scanning.plan import Plan
from leakguard.scanning.quiet_hours import QuietTime, QuietWatch
from leakguard.scanning.tally import Tally
from leakguard.use_cases.examination import Examination, TargetStanding
from leakguard.use_cases.examine import Examiner
from leakguard.use_cases.runs import RunFindings, counts_of

CONCURRENCY = 128
"""Endpoints in flight; each holds one socket, well below the usual limit of 1,024 open files."""
FLUSH_EVERY_SECONDS = 0.5
FLUSH_EVERY_ENDPOINTS = 200
MOVED_EVERY_SECONDS = 0.25
"""How often those who watch are told; more often than a person can read, and too seldom to cost anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSummary:
    """How a run ended: every planned endpoint stands in exactly one of the counts."""

    run: str
    counts: Mapping[str, int]
    planned: int = 0
    """How many endpoints the plan had, those that the scope excludes among them."""
    unresolved: tuple[str, ...] = ()
    """Names that have no address, so that nothing of them was looked at."""
    findings: Collection[Finding] = ()
    """Of a store: read again whenever they are gone through."""
    is_interrupted: bool = False
    quiet: QuietTime | None = None
    """The quiet hours that stopped the run, if they did."""

    @property
    def is_exposed(self) -> bool:
        """Whether something of ours is open."""
        return not OPEN_OUTCOMES.isdisjoint(found_of(self.findings).outcomes)

    @property
    def is_unfinished(self) -> bool:
        """Whether some endpoint got no clear answer."""
        is_unclear = Outcome.INCONCLUSIVE in found_of(self.findings).outcomes
        is_left_out = self.is_interrupted or bool(self.unresolved)
        return is_left_out or is_unclear or bool(self.counts.get(TargetStanding.NOT_CHECKED.value))


@dataclass(slots=True, kw_only=True)
class ScanRun:
    """One run over one plan; `execute` may be called once."""

    plan: Plan
    examiner: Examiner
    store: ScanStore
    progress: Progress
    monotonic: Callable[[], float]
    _waiting: list[Examination] = field(default_factory=list)
    _flushed_at: float = 0.0
    _started: dict[str, float] = field(default_factory=dict)
    """The targets in flight, and since when."""
    _quiet: QuietTime | None = None

    async def execute(self, *, is_resumed: bool = False) -> ScanSummary:
        """Examine what is not done yet. An interruption leaves a usable run and is noted in the ledger."""
        done = dict(self.store.done_targets(self.run))
        self._record("run_resumed" if is_resumed else "run_started", self._opening())
        self.progress.started(self.plan.count)
        self._flushed_at = self.monotonic()
        tally = Tally(run=self.run, planned=self.plan.count, began=self._flushed_at, counts=Counter(done.values()))
        is_interrupted = True
        try:
            left = (endpoint for endpoint in self.plan.endpoints() if endpoint.key not in done)
            await self._examine_all(self._until_quiet(left), tally)
            is_interrupted = self._quiet is not None
        except asyncio.CancelledError:
            pass
        finally:
            self._end("run_interrupted" if is_interrupted else "run_finished", tally)
        return ScanSummary(
            run=self.run, counts=self._counts(), planned=self.plan.count, unresolved=self.plan.unresolved,
            findings=RunFindings(self.store, self.run), is_interrupted=is_interrupted, quiet=self._quiet,
        )  # fmt: skip

    def _until_quiet(self, endpoints: Iterator[Endpoint]) -> Iterator[Endpoint]:
        """Endpoints for as long as the scope lets us probe; what is in flight when quiet hours begin is ended."""
        quiet_at = QuietWatch(self.plan.gate.scope)
        for endpoint in endpoints:
            self._quiet = quiet_at(self.examiner.now())
            if self._quiet is not None:
                return
            yield endpoint

    def _end(self, kind: str, tally: Tally) -> None:
        """The ledger tells how the run ended even where the last results could not be kept."""
        self._started.clear()
        self.progress.moved(tally.state(self.monotonic()))
        self.progress.finished()
        try:
            self._flush()
        finally:
            self._record(kind, {"counts": self._counts()})

    def _counts(self) -> dict[str, int]:
        return dict(counts_of(self.store, self.run))

    @property
    def run(self) -> str:
        """The id of the run."""
        return self.examiner.run

    async def _examine_all(self, endpoints: Iterator[Endpoint], tally: Tally) -> None:
        async def worker() -> None:
            for endpoint in endpoints:
                self._started[endpoint.key] = self.monotonic()
                self._keep(await self.examiner.examine(endpoint), tally)

        ticking = asyncio.ensure_future(self._tick(tally))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(CONCURRENCY, max(1, self.plan.count))):
                    group.create_task(worker())
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from several
        finally:
            ticking.cancel()

    async def _tick(self, tally: Tally) -> None:
        """Tell those who watch, also while nothing ends."""
        while True:
            self.progress.moved(tally.state(self.monotonic(), started=self._started))
            await asyncio.sleep(MOVED_EVERY_SECONDS)

    def _keep(self, examination: Examination, tally: Tally) -> None:
        self._waiting.append(examination)
        self._started.pop(examination.endpoint.key, None)
        tally.ended(examination.standing.value, examination.findings)
        for finding in examination.findings:
            self.progress.found(finding)
        is_due = self.monotonic() - self._flushed_at >= FLUSH_EVERY_SECONDS
        if is_due or len(self._waiting) >= FLUSH_EVERY_ENDPOINTS:
            self._flush()

    def _flush(self) -> None:
        """Write what waits in one transaction: findings, their digests in the ledger, the targets that are done."""
        waiting, self._waiting = self._waiting, []
        self._flushed_at = self.monotonic()
        if waiting:
            findings = [finding for examination in waiting for finding in examination.findings]
            done = {item.endpoint.key: item.standing.value for item in waiting}
            self.store.save_findings(self.run, findings, done)

    def _record(self, kind: str, content: Mapping[str, object]) -> None:
        now = self.examiner.now()
        self.store.append(self.run, [Record(kind=kind, occurred_at=exactly(now), content=content)])

    def _opening(self) -> dict[str, object]:
        """What a later reader, or a resumed run, needs to know: permission, targets, checks, vantage."""
        scope = self.plan.gate.scope
        return {
            "scope": scope.name,
            "scope_sha256": scope.digest,
            "owner": scope.owner.organisation,
            "targets": [target.text for target in self.plan.targets],
            "ports": list(self.plan.ports),
            "checks": [f"{item.id}@{item.version}" for item in self.examiner.library],
            "vantage": self.examiner.vantage,
            "planned": self.plan.count,
        }


def exactly(moment: datetime) -> Interval:
    """An interval for an instant that is known exactly."""
    return Interval(earliest=moment, latest=moment)
