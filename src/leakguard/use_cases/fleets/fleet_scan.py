"""Scans from several vantages at once: sends shards to their workers, gathers what comes back in any order, joins it.

Each vantage has a run of its own in the store, so that everything that knows runs knows these: show, diff, verify.
The ledger holds what was sent and what came, so that a coordinator that dies is followed by one that goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leakguard.errors import FleetUnreachable, LeakGuardError
from leakguard.fleet.dispatch import SKEW, Flight
from leakguard.fleet.messages import message_text
from leakguard.fleet.vantages import View, differences
from leakguard.frozen import Frozen
from leakguard.models.events import exactly
from leakguard.models.findings import Finding
from leakguard.models.fleet import Message, Refusal, ShardResult
from leakguard.models.moments import to_z
from leakguard.models.records import Record
from leakguard.models.scan_state import ScanState
from leakguard.ports import Progress
from leakguard.scanning.crowds import suspect_crowds
from leakguard.scanning.quiet_hours import QuietTime
from leakguard.scanning.scope.file import parse_scope
from leakguard.scanning.tally import Tally
from leakguard.use_cases.fleets.coordinating import FleetQuiet, Hold
from leakguard.use_cases.fleets.fleet_counts import counts_of, looked_at, summary_of
from leakguard.use_cases.fleets.fleet_orders import shard_order
from leakguard.use_cases.fleets.fleet_plan import SHARDS_SENT, RollCalled, begin, call_roll, resume
from leakguard.use_cases.fleets.fleet_requests import FleetRequest, request_of
from leakguard.use_cases.fleets.fleet_results import cut_short_words
from leakguard.use_cases.fleets.fleet_tools import Arrival, Courier, FleetSummary, FleetTools, VantageRun
from leakguard.use_cases.fleets.presence import Calls, hear_worker
from leakguard.use_cases.fleets.serve_fleet import answer_in
from leakguard.use_cases.fleets.taking import WAITS, ResultIntake
from leakguard.use_cases.fleets.witnesses import exposures_of
from leakguard.use_cases.scans.shard_counts import came_to
from leakguard.use_cases.scans.start_scan import ScanOptions

PATIENCE_SECONDS = 5.0
LAST_CALL = 3 * SKEW
"""How long what is under way is waited for when quiet hours begin: workers stop by their own clocks, and say so."""
Tell = Callable[[str], None]


def fleet_scan(
    options: ScanOptions, scope_text: str, tools: FleetTools, tell: Tell, *, scope_name: str, progress: Progress
) -> FleetSummary:  # fmt: skip
    """Scan from every vantage, or go on with a stopped scan: `options.resume` is its id, or the id of one of its runs.

    Raises before the first packet when anything is out of scope, when a vantage has no worker, in the quiet hours of
    the scope, and while another process is at the same scan.
    `tell` is given lines for a person; they hold no target and nothing that a host said.
    """
    scope = parse_scope(scope_text, name=scope_name, now=tools.now())
    request = request_of(options, scope, scope_text, tools)
    FleetQuiet(scope).refuse(tools.now())
    names = tuple(request.run_of(vantage) for vantage in request.vantages)
    with Hold(store=tools.store, runs=names, now=tools.now) as hold:
        return _held(request, options, tools, FleetListener(line=tell, progress=progress), hold)


def _held(
    request: FleetRequest, options: ScanOptions, tools: FleetTools, listener: FleetListener, hold: Hold
) -> FleetSummary:
    courier = tools.courier(request.scan)
    gathering: ResultCollector | None = None
    try:
        is_resumed = options.resume is not None
        called = call_roll(request, tools, courier, listener.line, is_resumed=is_resumed)
        runs = resume(request, tools) if is_resumed else begin(request, called, tools)
        gathering = ResultCollector(
            request=request, runs=runs, courier=courier, tools=tools, listener=listener, hold=hold,
            timeout=options.timeout,
        )  # fmt: skip
        return gathering.run(called)
    except FleetUnreachable as error:
        raise _says_how_to_go_on(error, request.scan, is_begun=bool(options.resume) or gathering is not None) from error
    finally:
        # Of a scan that was never begun nobody comes back for an answer.
        courier.close(is_finished=gathering.is_over if gathering is not None else options.resume is None)


def _says_how_to_go_on(error: FleetUnreachable, scan: str, *, is_begun: bool) -> FleetUnreachable:
    """The error, which tells how to mend its cause, with what comes then: only a scan knows that, and its own id."""
    then = f"go on with: leakguard scan --resume {scan}" if is_begun else "scan again: nothing was probed."
    return FleetUnreachable(error.message, next_step=f"{error.next_step.removesuffix('.')}, then {then}")


class FleetListener(Frozen):
    """Who hears of a scan while it runs."""

    line: Tell
    progress: Progress


@dataclass(slots=True, kw_only=True)
class ResultCollector:
    """Everything between the first shard that is sent and the last result; `run` may be called once."""

    request: FleetRequest
    runs: tuple[VantageRun, ...]
    courier: Courier
    tools: FleetTools
    listener: FleetListener
    hold: Hold
    timeout: float | None = None
    _quiet: FleetQuiet = field(init=False)
    _stopped_by: QuietTime | None = None
    """The quiet hours that ended the sending."""
    _last_call: datetime | None = None
    """When nobody is waited for any longer whom the quiet hours stopped."""
    _tally: Tally = field(init=False)
    _seen: set[str] = field(default_factory=set)
    _refused: set[tuple[str, str, str]] = field(default_factory=set)
    """Who refused shards of which vantage and why, each told once: a scope that ends in the night ends all of them."""
    _calls: Calls = field(default_factory=Calls)
    _taking: ResultIntake = field(init=False)

    def __post_init__(self) -> None:
        """Nothing was sent yet; a scan that goes on has results already."""
        self._quiet = FleetQuiet(self.request.scope)
        self._taking = ResultIntake(library=self.request.library, tools=self.tools, line=self.listener.line)
        self._tally = Tally(
            run=self.request.scan, planned=sum(run.plan.count for run in self.runs), began=self.tools.monotonic(),
            counts=sum((looked_at(run) for run in self.runs), Counter[str]()),
        )  # fmt: skip

    @property
    def is_over(self) -> bool:
        """Whether every shard has a result or is given up."""
        return all(run.lane.is_over for run in self.runs)

    def run(self, called: RollCalled) -> FleetSummary:
        """Send and gather until everything is done or given up, quiet hours begin, or somebody interrupts."""
        self.listener.line(
            f"Run {self.request.scan} begins. If it is stopped, go on with: leakguard scan --resume {self.request.scan}"
        )
        self.listener.progress.started(self._tally.planned)
        is_interrupted = True
        try:
            for present, signer in called.present:
                self._hear(next(run for run in self.runs if run.vantage == present.vantage), present, signer)
            for arrival in called.early:
                self._take(arrival)
            while self._goes_on():
                if arrived := self.courier.receive(self._patience()):
                    self._take(arrived)
                self.hold.renew()
                self.listener.progress.moved(self._state())
            is_interrupted = not self.is_over
        except KeyboardInterrupt:
            pass
        finally:
            self._end("run_interrupted" if is_interrupted else "run_finished")
        return self._summary(is_interrupted=is_interrupted)

    def _goes_on(self) -> bool:
        """Send what may be sent; whether there is anything left to wait for.

        In quiet hours that is what was under way when they began, and not for long.
        """
        self._send()
        if self.is_over:
            return False
        now = self.tools.now()
        if self._last_call is None:
            self._stopped_by = self._quiet.begun(now)
            self._last_call = now + LAST_CALL if self._stopped_by is not None else None
        return self._last_call is None or (now < self._last_call and any(run.lane.flying for run in self.runs))

    def _send(self) -> None:
        """Fill the free slots of every lane; the ledger knows of each shard before the broker does."""
        if self._quiet.holds(self.tools.now()):
            return
        self._calls.repeat(self.request, self.tools, self.courier)
        self._calls.tell_empty(self.runs, self.tools, self.listener.line)
        for run in self.runs:
            flights = list(run.lane.to_send(self.tools.now()))
            if flights:
                self._record_sent(run, flights)
            for flight in flights:
                shard = shard_order(self.request, run, flight, self.tools.seal, timeout=self.timeout)
                envelope = self.tools.seal.close(*message_text(shard))
                self.courier.send(run.vantage, envelope, until=flight.until, holder=shard.holder)

    def _record_sent(self, run: VantageRun, flights: list[Flight]) -> None:
        attempts = {str(flight.number): flight.attempt for flight in flights}
        to = {str(flight.number): flight.to for flight in flights}
        content = {"attempts": attempts, "to": to, "until": to_z(max(flight.until for flight in flights))}
        self._record(run.run, SHARDS_SENT, content)

    def _patience(self) -> float:
        changes = [change for run in self.runs if (change := run.lane.next_change())]
        now = self.tools.now()
        left = min(((change - now).total_seconds() for change in changes), default=PATIENCE_SECONDS)
        return max(0.0, min(PATIENCE_SECONDS, left))

    def _take(self, arrival: Arrival) -> None:
        """Believe, keep and settle one answer; what cannot be believed is dropped and told, and its shard goes on."""
        try:
            message, signer = answer_in(self.tools.seal, arrival.value)
        except LeakGuardError as error:
            self.listener.line(f"An answer was dropped: {' '.join(error.message.split())[:200]}")
        else:
            run = next((one for one in self.runs if one.vantage == message.vantage), None)
            if run is not None and message.scan == self.request.scan:
                self._hear(run, message, signer)
        arrival.settle()

    def _hear(self, run: VantageRun, message: Message, signer: str) -> None:
        hear_worker(run, message, self.tools, self.listener.line, signer=signer)
        if not isinstance(message, Refusal | ShardResult) or message.number is None:
            return
        if not self._taking.is_given(run, message, signer):
            return
        if isinstance(message, Refusal):
            if (run.vantage, signer, message.reason) not in self._refused:
                self._refused.add((run.vantage, signer, message.reason))
                self.listener.line(f"Shard {message.number} of {run.vantage} was refused by {signer}: {message.reason}")
            self._failed(run, message.number, message.attempt, message.reason)
        elif message.number in run.counts:
            run.lane.succeeded(message.number, message.attempt)
        else:
            self._hear_result(run, message, signer)

    def _hear_result(self, run: VantageRun, message: ShardResult, signer: str) -> None:
        try:
            report = self._taking.take(run, message, signer)
        except LeakGuardError as error:
            self._failed(run, message.number, message.attempt, error.message)
            return
        if report is None:
            self._failed(run, message.number, message.attempt, WAITS)
            return
        self._tally.counts -= came_to(run.partial.get(message.number, {}))
        if message.is_complete:
            self._tally.counts += Counter(report.result.counts)
            self._show(report.findings)
            run.lane.succeeded(message.number, message.attempt)
        else:
            run.partial[message.number] = dict(message.counts)
            self._tally.counts += came_to(message.counts)
            self._show(tuple(exposures_of(report)))
            self._failed(run, message.number, message.attempt, cut_short_words(message))

    def _failed(self, run: VantageRun, number: int, attempt: int, reason: str) -> None:
        """An attempt that quiet hours stopped is no failed one: its shard waits as if it had never been sent."""
        flight = run.lane.flying.get(number)
        if not self._quiet.holds(self.tools.now()):
            run.lane.failed(number, attempt, reason)
        elif flight is not None and flight.attempt == attempt:
            del run.lane.flying[number]
            run.lane.waiting.appendleft((number, attempt))

    def _show(self, findings: Sequence[Finding]) -> None:
        """Tell those who watch; what an attempt that was not finished told before is no news."""
        new = [finding for finding in findings if finding.id not in self._seen]
        self._seen.update(finding.id for finding in new)
        self._tally.found(new)
        for finding in new:
            self.listener.progress.found(finding)

    def _state(self) -> ScanState:
        """Of what is in flight the number is that of an average shard."""
        flying = sum(run.plan.count * len(run.lane.flying) // run.of for run in self.runs)
        return self._tally.state(
            self.tools.monotonic(), in_flight=min(flying, max(0, self._tally.planned - self._tally.done))
        )

    def _record(self, subject: str, kind: str, content: Mapping[str, object]) -> None:
        now = exactly(self.tools.now())
        self.tools.store.append(subject, [Record(kind=kind, occurred_at=now, content=content)])

    def _end(self, kind: str) -> None:
        self.listener.progress.moved(self._tally.state(self.tools.monotonic()))
        self.listener.progress.finished()
        for run in self.runs:
            self._taking.end(run)
            given_up = {str(number): reason for number, reason in run.lane.given_up.items()}
            self._record(run.run, kind, {"counts": counts_of(run), "given_up": given_up})
        self._record(self.request.scan, f"fleet_{kind}", {"runs": [run.run for run in self.runs]})

    def _view(self, run: VantageRun) -> View:
        done = dict(self.tools.store.done_targets(run.run))
        return View(standings=done, is_complete=len(run.counts) == run.of, sweeps=run.plan.sweeps)

    def _summary(self, *, is_interrupted: bool) -> FleetSummary:
        views = {run.vantage: self._view(run) for run in self.runs}
        return FleetSummary(
            scan=self.request.scan, vantages=tuple(summary_of(run) for run in self.runs),
            differences=differences(views), is_interrupted=is_interrupted,
            quiet=self._stopped_by if is_interrupted else None,
            findings=tuple(finding for run in self.runs for finding in suspect_crowds(self._taking.found(run))),
        )  # fmt: skip
