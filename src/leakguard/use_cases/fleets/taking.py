"""Takes what workers report: from the one that was given the order alone, and what closes a store from two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from leakguard.checks.definitions import CheckDefinition
from leakguard.errors import NotTrusted
from leakguard.logs import log
from leakguard.models.events import exactly
from leakguard.models.findings import Finding
from leakguard.models.fleet import Refusal, ShardResult
from leakguard.models.records import Record
from leakguard.use_cases.fleets.fleet_results import believed, keep
from leakguard.use_cases.fleets.fleet_tools import FleetTools, VantageRun, WorkerReport
from leakguard.use_cases.fleets.witnesses import OpenSpot, by_one_witness, closed_by, exposures_of, open_spots, together
from leakguard.use_cases.scans.scan_assets import log_judged
from leakguard.use_cases.scans.shard_counts import SHARD_REPORTED

RESULT_REFUSED = "shard_result_refused"
"""A result that was not taken; of those that were see `shard_counts`."""
MOST_REFUSED = 100
"""Results of one run that the ledger lists as refused; a worker that was taken over may send millions."""
WAITS = "no second worker looked at what its first one saw closed"
NOT_GIVEN = "it was not given that order"


@dataclass(slots=True, kw_only=True)
class ResultIntake:
    """Believes, keeps and refuses the results of one scan."""

    library: Sequence[CheckDefinition]
    tools: FleetTools
    line: Callable[[str], None]
    _spots: dict[str, tuple[OpenSpot, ...]] = field(default_factory=dict)
    """What was open before, by run; read when a result first closes something."""

    def is_given(self, run: VantageRun, message: ShardResult | Refusal, signer: str) -> bool:
        """Whether the signer was given what it speaks of; what it was not is refused, listed and told."""
        if run.lane.is_given(message.number or 0, message.attempt, signer):
            return True
        self._refuse(run, message, signer, NOT_GIVEN)
        return False

    def take(self, run: VantageRun, result: ShardResult, signer: str) -> WorkerReport | None:
        """What is kept of a result by now; nothing of one that closes something and waits for a second worker.

        Raises `NotTrusted` for what its worker could not have found.
        """
        try:
            findings = believed(result, run, self.library)
        except NotTrusted as error:
            self._refuse(run, result, signer, error.message)
            raise
        report = WorkerReport(signer=signer, result=result, findings=findings)
        first = run.heard.get(result.number)
        if not result.is_complete:
            self._note(run, report)
            self.tools.store.save_findings(run.run, tuple(exposures_of(report)), {})
            if first is None or not first.result.is_complete:
                run.heard[result.number] = report
            return report
        settled, lone = self._settled(run, report, first)
        if lone and run.lane.has_other(signer, self.tools.now()) and result.attempt < run.lane.attempts:
            self._note(run, report)
            run.heard[result.number] = settled
            self.line(
                f"Shard {result.number} of {run.vantage}: {signer} says that something is closed which was open; "
                "a second worker looks at it"
            )
            return None
        return self._kept(run, settled, lone, first)

    def end(self, run: VantageRun) -> None:
        """Keep what still waits: what one worker alone saw closed is told as that.

        Of a shard that nobody finished the exposures alone are kept: a whole look, when the scan goes on, gives the
        same ids to what it finds, and an id that is kept is never kept anew.
        """
        for number, report in tuple(run.heard.items()):
            closed = closed_by(report, self._open(run))
            if number in run.counts:
                del run.heard[number]
            elif report.result.is_complete:
                self._kept(run, report, closed, None)
                run.lane.succeeded(number, report.result.attempt)
            else:
                lone = by_one_witness(self.tools.store, run, report, closed, now=self.tools.now())
                run.heard[number] = lone
                self.tools.store.save_findings(run.run, tuple(exposures_of(lone)), lone.result.standings)

    def found(self, run: VantageRun) -> tuple[Finding, ...]:
        """What is kept of a run that ended, and what the shards that nobody finished told besides."""
        kept = tuple(self.tools.store.findings(run.run))
        ids = {finding.id for finding in kept}
        told = (finding for report in run.heard.values() for finding in report.findings if finding.id not in ids)
        return (*kept, *told)

    def _settled(
        self, run: VantageRun, report: WorkerReport, first: WorkerReport | None
    ) -> tuple[WorkerReport, tuple[OpenSpot, ...]]:
        """What two workers say together, and which of the open spots one of them alone saw closed."""
        if first is None or first.signer == report.signer or not first.result.is_complete:
            return report, closed_by(report, self._open(run))
        merged = together(first, report)
        agreed = set(closed_by(first, self._open(run)))
        return merged, tuple(spot for spot in closed_by(merged, self._open(run)) if spot not in agreed)

    def _kept(
        self, run: VantageRun, worker_report: WorkerReport, lone: Sequence[OpenSpot], first: WorkerReport | None
    ) -> WorkerReport:
        now = self.tools.now()
        report = by_one_witness(self.tools.store, run, worker_report, lone, now=now)
        witness = first.signer if first is not None and first.result.is_complete else ""
        keep(self.tools.store, run, report, witness=witness if witness != worker_report.signer else "", now=now)
        log.info("fleet_result_taken", run=run.run, vantage=run.vantage, shard=worker_report.result.number)
        log_judged(report.findings)
        run.heard.pop(worker_report.result.number, None)
        return report

    def _open(self, run: VantageRun) -> tuple[OpenSpot, ...]:
        if run.run not in self._spots:
            self._spots[run.run] = open_spots(self.tools.store, run)
        return self._spots[run.run]

    def _note(self, run: VantageRun, report: WorkerReport) -> None:
        result = report.result
        content = {
            "shard": result.number, "of": result.of, "attempt": result.attempt, "counts": dict(result.counts),
            "worker": result.worker, "signer": report.signer, "is_complete": result.is_complete,
            "started_at": result.started_at, "ended_at": result.ended_at,
        }  # fmt: skip
        self._record(run, SHARD_REPORTED, content)

    def _refuse(self, run: VantageRun, message: ShardResult | Refusal, signer: str, why: str) -> None:
        before = run.refused.get(signer, 0)
        run.refused[signer] = before + 1
        log.warning("fleet_result_refused", run=run.run, vantage=run.vantage, shard=message.number or 0)
        if before == 0:
            self.line(f"{signer}: a result for shard {message.number} of {run.vantage} was not taken: {why}")
        if sum(run.refused.values()) <= MOST_REFUSED:
            content = {
                "shard": message.number, "attempt": message.attempt, "worker": message.worker, "signer": signer,
                "why": why, "given_to": run.lane.given.get(message.number or 0, {}).get(message.attempt, ""),
            }  # fmt: skip
            self._record(run, RESULT_REFUSED, content)

    def _record(self, run: VantageRun, kind: str, content: Mapping[str, object]) -> None:
        now = exactly(self.tools.now())
        self.tools.store.append(run.run, [Record(kind=kind, occurred_at=now, content=content)])
