"""Runs a scan: its parts do the work, each result is stored as it comes, and it can be stopped at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from leakguard.engine.examination import EndpointStatus
from leakguard.engine.growth import with_growth
from leakguard.engine.part_report import PartReport
from leakguard.engine.progress import RunProgress
from leakguard.errors import ExitCode, ProcessLost, StoreUnusable
from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.logs import log
from leakguard.models.events import exactly
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.records import Record
from leakguard.models.runs import RunState
from leakguard.models.scan_state import BindingLimit
from leakguard.models.scope import OwnerPermission
from leakguard.ports import Now, Progress, ScanStore
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.plan import Plan
from leakguard.scanning.quiet_hours import QuietTime, is_in_force, is_quiet
from leakguard.scanning.run_findings import found_of
from leakguard.scanning.tally import Tally
from leakguard.use_cases.scans.run_opening import RESUMED, STARTED
from leakguard.use_cases.scans.run_pace import pace_content
from leakguard.use_cases.scans.runs import RunFindings, reasons_of, unsettled_of

ENDPOINT, RESOURCE = "endpoint", "resource"
"""What a run counts."""
Report = Callable[[PartReport], None]
Work = Callable[[Report], Awaitable[bool]]
"""One part of a run: tells what it finds, and in the end whether it finished."""
RunParts = Callable[[Sequence[Work], Report], bool]
"""Runs parts at once, in processes of their own where there are several; whether all of them finished.

Raises `ProcessLost`, once all have ended, for one that ended too early.
"""


class ScanSummary(Frozen):
    """How a run ended: every planned endpoint stands in exactly one of the counts."""

    run: str
    counts: Mapping[str, int]
    planned: int = 0
    """How many endpoints the plan had."""
    unresolved: tuple[str, ...] = ()
    """Names that have no address, so that nothing of them was looked at."""
    unheeded: tuple[str, ...] = ()
    """Excluded names that have no address, so that nobody knows what they exclude."""
    left_out: tuple[LeftOut, ...] = ()
    """Names of which some addresses were not looked at."""
    findings: Collection[Finding] = ()
    """Of a store: read again whenever they are gone through."""
    is_interrupted: bool = False
    unsettled: Mapping[str, int] = frozen_field(default_factory=dict)
    """By reason code: how many of the protected endpoints may be open all the same."""
    leave: OwnerPermission | None = None
    """By whose leave products' own administrative accounts were asked once; nothing where nobody gave one."""
    industrial: OwnerPermission | None = None
    """By whose leave industrial devices were asked; nothing where nobody gave one."""
    ports_left_out: tuple[int, ...] = ()
    """Ports of industrial devices that were requested and not asked."""
    bugs: Mapping[str, int] = frozen_field(default_factory=dict)
    """Bugs of ours, each with the number of endpoints that were not checked because of it."""
    quiet: QuietTime | None = None
    """The quiet hours that stopped the run, if they did."""
    is_out_of_force: bool = False
    """Whether the days were over for which the owner permitted it."""
    reasons: Mapping[str, int] = frozen_field(default_factory=dict)
    """Why endpoints could not be asked, and how many each time."""
    is_lost: bool = False
    """Whether it stopped because nobody answered any more, not even those who did."""
    lost_process: str = ""
    """What became of a process that did a part of it and ended too early."""
    pace: BindingLimit | None = None
    """What kept the run from going faster; nobody knows it of a run that is only read."""
    noun: str = ENDPOINT
    """What is counted."""

    @property
    def is_exposed(self) -> bool:
        """Whether something of ours is open."""
        return not OPEN_OUTCOMES.isdisjoint(found_of(self.findings).outcomes)

    @property
    def is_unfinished(self) -> bool:
        """Whether some endpoint got no clear answer."""
        is_unclear = Outcome.INCONCLUSIVE in found_of(self.findings).outcomes
        is_left_out = bool(self.unresolved) or any(left_out.is_unknown for left_out in self.left_out)
        return (
            is_left_out or self.is_interrupted or bool(self.bugs) or is_unclear
            or bool(self.counts.get(EndpointStatus.NOT_CHECKED.value))
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class ScanRun:
    """One run over one plan; `execute` may be called once."""

    run: str
    plan: Plan
    opening: Mapping[str, object]
    """See `run_opening.opening_content`."""
    parts: int
    pace: BindingLimit
    """What keeps it from going faster."""
    work: Callable[[int, RunState, Report], Awaitable[bool]]
    """Does one part, from a state on."""
    run_parts: RunParts
    store: ScanStore
    progress: Progress
    now: Now
    monotonic: Callable[[], float]
    measured: Collection[tuple[str, str]] = frozenset()
    """Checks and places of which earlier runs know a size."""
    _states: dict[int, RunState] = field(default_factory=dict)
    _bugs: Counter[str] = field(default_factory=Counter)
    _is_lost: bool = False
    _lost_process: str = ""
    _is_kept: bool = False
    """Whether the store knows the run, so that it can be shown and resumed."""
    _tally: Tally = field(init=False)
    _gauges: RunProgress = field(init=False)

    def execute(self, *, is_resumed: bool = False) -> ScanSummary:
        """Look at all that is not done yet. An interruption leaves a usable run and is noted in the ledger.

        `StoreUnusable` tells how the run goes on, and is an exposure where one was found and kept.
        """
        self.store.take_run(self.run)
        try:
            with log.bound(run=self.run):
                return self._execute(is_resumed=is_resumed)
        except StoreUnusable as error:
            if self._is_kept:
                error.next_step += f" Then go on with: leakguard scan --resume {self.run}"
                error.exit_code = ExitCode.EXPOSED if self._tally.open_found else error.exit_code
            raise
        finally:
            self.store.release_run(self.run)

    def _execute(self, *, is_resumed: bool) -> ScanSummary:
        kept = self.store.run_states(self.run)
        self._states = {part: kept.get(part, RunState()) for part in range(self.parts)}
        self._tally = Tally(
            run=self.run,
            planned=self.plan.count,
            began=self.monotonic(),
            counts=self._counts(),
            binding_limit=self.pace,
            unsettled=unsettled_of(self._states.values()),
        )
        if is_resumed:
            self._tally.found_before(self.store.glances(self.run))
        self._is_kept = is_resumed
        self._gauges = RunProgress(tally=self._tally, monotonic=self.monotonic)
        self._record(RESUMED if is_resumed else STARTED, self.opening)
        self._is_kept = True
        log.info("run_started", planned=self.plan.count, is_resumed=is_resumed)
        self.progress.started(self.plan.count)
        self.progress.bound(self.pace)
        is_finished = False
        try:
            works = [partial(self.work, part, state) for part, state in self._states.items()]
            is_finished = self.run_parts(works, self._take)
        except ProcessLost as error:
            self._lost_process = f"{error.message}. {error.next_step}"
        finally:
            self._end(is_finished=is_finished)
        return ScanSummary(
            run=self.run, counts=self._final_counts(is_finished=is_finished), planned=self.plan.count,
            unresolved=self.plan.unresolved, unheeded=self.plan.unheeded, left_out=self.plan.left_out,
            findings=RunFindings(self.store, self.run), bugs=dict(self._bugs), is_interrupted=not is_finished,
            is_lost=self._is_lost, lost_process=self._lost_process, reasons=reasons_of(self._states.values()),
            pace=self.pace,
            unsettled=unsettled_of(self._states.values()), leave=self.plan.gate.scope.default_accounts,
            industrial=self.plan.gate.scope.industrial, ports_left_out=self.plan.ports_left_out,
            quiet=None if is_finished else is_quiet(self.plan.gate.scope, self.now()),
            is_out_of_force=not is_finished and not is_in_force(self.plan.gate.scope, self.now()),
        )  # fmt: skip

    def _take(self, report: PartReport) -> None:
        """Keep what a part tells in one transaction: findings, notable statuses, and where it stands."""
        findings = with_growth(self.store, self.run, report.findings, measured=self.measured)
        is_news = findings or report.statuses or report.state != self._states[report.part]
        if is_news:
            self.store.save_findings(self.run, findings, report.statuses, {report.part: report.state})
        self._states[report.part] = report.state
        self._bugs.update(report.bugs)
        self._is_lost = self._is_lost or report.is_network_lost
        self._tally.counts, self._tally.unsettled = self._counts(), unsettled_of(self._states.values())
        self._tally.found(findings)
        log_judged(findings)
        for finding in findings:
            self.progress.found(finding)
        if (state := self._gauges.take(report)) is not None:
            self.progress.moved(state)

    def _end(self, *, is_finished: bool) -> None:
        """The ledger tells how the run ended even where the last results could not be kept."""
        self.progress.moved(self._gauges.last())
        self.progress.finished()
        kind = "run_finished" if is_finished else "run_interrupted"
        counts = self._final_counts(is_finished=is_finished)
        self._record(kind, {"counts": counts, "pace": pace_content(self.pace)})
        log_run_end(kind, counts)

    def _counts(self) -> Counter[str]:
        return sum((Counter(state.counts) for state in self._states.values()), Counter[str]())

    def _final_counts(self, *, is_finished: bool) -> dict[str, int]:
        """What a finished run still has pending could not be asked; an interrupted one just did not come to it."""
        counts = self._counts()
        if is_finished:
            counts[EndpointStatus.NOT_CHECKED] += sum(len(state.pending) for state in self._states.values())
        return {str(standing): count for standing, count in counts.items() if count}

    def _record(self, kind: str, content: Mapping[str, object]) -> None:
        self.store.append(self.run, [Record(kind=kind, occurred_at=exactly(self.now()), content=content)])


def log_judged(findings: Iterable[Finding]) -> None:
    """Each verdict by the id of its finding; the ledger knows of whom it speaks."""
    for finding in findings if log.is_on else ():
        log.debug("target_judged", check_id=finding.check_id, outcome=finding.verdict.outcome.value, finding=finding.id)


def log_run_end(kind: str, counts: Mapping[str, int]) -> None:
    """How a run ended: `kind` is `run_finished` or `run_interrupted`."""
    ended = log.info if kind == "run_finished" else log.warning
    unasked = counts.get(EndpointStatus.NOT_CHECKED.value, 0)
    ended(kind, count=sum(counts.values()), exposed_count=counts.get("exposed", 0), not_checked_count=unasked)


class ScanEnd(Protocol):
    """How a scan ended, whoever did it."""

    @property
    def is_exposed(self) -> bool:
        """Whether something of ours is open."""

    @property
    def is_unfinished(self) -> bool:
        """Whether some endpoint got no clear answer."""


def exit_code(summary: ScanEnd) -> ExitCode:
    """Exposed beats could-not-finish beats clean."""
    if summary.is_exposed:
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if summary.is_unfinished else ExitCode.CLEAN
