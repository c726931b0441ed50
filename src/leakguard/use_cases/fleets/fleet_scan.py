"""Scans from several vantages at once: sends shards to their workers, gathers what comes back in any order, joins it.

Each vantage has a run of its own in the store, so that everything that knows runs knows these: show, diff, verify.
The ledger holds what was sent and what came, so that a coordinator that dies is followed by one that goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from leakguard.checks.library import ports_of
from leakguard.errors import LeakGuardError, NotFound, UsageProblem
from leakguard.models.fleet import Message, Refusal, Shard, ShardResult
from leakguard.models.moments import to_z
from leakguard.models.records import Record
from leakguard.models.scope import Limits, Scope
from leakguard.scanning.crowds import suspect_crowds
from leakguard.scanning.dispatch import Flight
from leakguard.scanning.fleet_settings import parse_vantages
from leakguard.scanning.messages import message_text
from leakguard.scanning.parts import part_of_plan
from leakguard.scanning.scope_file import parse_scope
from leakguard.scanning.targets import parse_target
from leakguard.scanning.vantages import View, differences
from leakguard.use_cases.fleets.fleet_plan import SHARDS_SENT, Errand, begin, call_roll, go_on, scan_of
from leakguard.use_cases.fleets.fleet_results import believed, keep
from leakguard.use_cases.fleets.fleet_tools import (
    Arrival,
    Courier,
    FleetSummary,
    FleetTools,
    VantageRun,
    VantageSummary,
)
from leakguard.use_cases.fleets.presence import Calls, hear_worker
from leakguard.use_cases.fleets.serve_fleet import unsealed
from leakguard.use_cases.scans.examination import TargetStanding
from leakguard.use_cases.scans.scan_assets import exactly
from leakguard.use_cases.scans.start_scan import ScanWish, pick_checks

LISTED_ENDPOINTS = 10_000
"""Above this, closed and silent endpoints are counted and not listed."""
PATIENCE_SECONDS = 5.0
TENTHS = 10
Tell = Callable[[str], None]


def fleet_scan(wish: ScanWish, scope_text: str, tools: FleetTools, tell: Tell, *, scope_name: str) -> FleetSummary:
    """Scan from every vantage of the wish, or go on with a stopped scan: `wish.resume` is its id, or a run's of it.

    Raises before the first packet when anything is out of scope, or when a vantage has no worker.
    `tell` is given lines for a person; they hold no target and nothing that a host said.
    """
    scope = parse_scope(scope_text, name=scope_name, now=tools.now())
    errand = _resumed(wish, scope, scope_text, tools) if wish.resume else _new(wish, scope, scope_text, tools)
    courier = tools.courier(errand.scan)
    gathering: Gathering | None = None
    try:
        called = call_roll(errand, tools, courier, tell)
        runs = (
            tuple(go_on(errand, tools, vantage) for vantage in errand.vantages)
            if wish.resume
            else begin(errand, called, tools)
        )
        gathering = Gathering(errand=errand, runs=runs, courier=courier, tools=tools, tell=tell)
        return gathering.run(called.early)
    finally:
        courier.close(is_finished=gathering is not None and gathering.is_over)


@dataclass(slots=True, kw_only=True)
class Gathering:
    """Everything between the first shard that is sent and the last result; `run` may be called once."""

    errand: Errand
    runs: tuple[VantageRun, ...]
    courier: Courier
    tools: FleetTools
    tell: Tell
    _calls: Calls = field(default_factory=Calls)

    @property
    def is_over(self) -> bool:
        """Whether every shard has a result or is given up."""
        return all(run.lane.is_over for run in self.runs)

    def run(self, early: tuple[Arrival, ...] = ()) -> FleetSummary:
        """Send and gather until everything is done or given up, or somebody interrupts."""
        is_interrupted = True
        try:
            for arrival in early:
                self._take(arrival)
            self._send()
            while not self.is_over:
                if arrived := self.courier.receive(self._patience()):
                    self._take(arrived)
                self._send()
            is_interrupted = False
        except KeyboardInterrupt:
            pass
        finally:
            self._record_end("run_interrupted" if is_interrupted else "run_finished")
        return self._summary(is_interrupted=is_interrupted)

    def _send(self) -> None:
        """Fill the free slots of every lane; the ledger knows of each shard before the broker does."""
        self._calls.repeat(self.errand, self.tools, self.courier)
        for run in self.runs:
            flights = list(run.lane.to_send(self.tools.now()))
            if flights:
                self._record_sent(run, flights)
            for flight in flights:
                envelope = self.tools.seal.close(*message_text(self._shard(run, flight)))
                self.courier.send(run.vantage, envelope, until=flight.until)

    def _record_sent(self, run: VantageRun, flights: list[Flight]) -> None:
        attempts = {str(flight.number): flight.attempt for flight in flights}
        content = {"attempts": attempts, "until": to_z(max(flight.until for flight in flights))}
        self._record(run.run, SHARDS_SENT, content)

    def _shard(self, run: VantageRun, flight: Flight) -> Shard:
        plan = run.plan
        return Shard(
            scan=self.errand.scan, vantage=run.vantage, not_after=to_z(flight.until), run=run.run,
            number=flight.number, of=run.of, attempt=flight.attempt, scope_text=self.errand.scope_text,
            targets=tuple(target.text for target in plan.targets), resolved=dict(plan.resolved), ports=plan.ports,
            checks=self.errand.checks, order_key=run.order_key, nonsense=run.nonsense, share=run.share,
            known=run.known.get(flight.number, ()), lists_all=plan.count <= LISTED_ENDPOINTS,
        )  # fmt: skip

    def _patience(self) -> float:
        changes = [change for run in self.runs if (change := run.lane.next_change())]
        now = self.tools.now()
        left = min(((change - now).total_seconds() for change in changes), default=PATIENCE_SECONDS)
        return max(0.0, min(PATIENCE_SECONDS, left))

    def _take(self, arrival: Arrival) -> None:
        """Believe, keep and settle one answer; what cannot be believed is dropped and told, and its shard goes on."""
        try:
            message, signer = unsealed(self.tools.seal, arrival.value)
        except LeakGuardError as error:
            self.tell(f"An answer was dropped: {' '.join(error.message.split())[:200]}")
        else:
            run = next((one for one in self.runs if one.vantage == message.vantage), None)
            if run is not None and message.scan == self.errand.scan:
                self._hear(run, message, signer)
        arrival.settle()

    def _hear(self, run: VantageRun, message: Message, signer: str) -> None:
        hear_worker(run, message, self.tools, self.tell)
        if isinstance(message, Refusal) and message.number is not None:
            self.tell(f"Shard {message.number} of {run.vantage} was refused by {signer}: {message.reason}")
            run.lane.failed(message.number, message.attempt, message.reason)
        if not isinstance(message, ShardResult):
            return
        if message.number in run.counts:
            run.lane.succeeded(message.number, message.attempt)
            return
        try:
            findings = believed(message, run, self.errand.library)
        except LeakGuardError as error:
            self.tell(f"{signer}: {error.message}")
            run.lane.failed(message.number, message.attempt, error.message)
            return
        keep(self.tools.store, run, message, findings, signer=signer, now=self.tools.now())
        if message.is_complete:
            run.lane.succeeded(message.number, message.attempt)
        else:
            run.lane.failed(message.number, message.attempt, "its time was over before all of it was looked at")
        self._tell_progress()

    def _tell_progress(self) -> None:
        """A line at each tenth of the way."""
        done, planned = sum(len(run.counts) for run in self.runs), sum(run.of for run in self.runs)
        if done * TENTHS // planned == (done - 1) * TENTHS // planned:
            return
        exposed = sum(counts.get("exposed", 0) for run in self.runs for counts in run.counts.values())
        self.tell(f"{done:,} of {planned:,} shards done, {exposed:,} exposed")

    def _record(self, subject: str, kind: str, content: Mapping[str, object]) -> None:
        now = exactly(self.tools.now())
        self.tools.store.append(subject, [Record(kind=kind, occurred_at=now, content=content)])

    def _record_end(self, kind: str) -> None:
        for run in self.runs:
            given_up = {str(number): reason for number, reason in run.lane.given_up.items()}
            self._record(run.run, kind, {"counts": counts_of(run), "given_up": given_up})
        self._record(self.errand.scan, f"fleet_{kind}", {"runs": [run.run for run in self.runs]})

    def _summary(self, *, is_interrupted: bool) -> FleetSummary:
        store = self.tools.store
        views = {
            run.vantage: View(
                standings=dict(store.done_targets(run.run)), is_complete=len(run.counts) == run.of
            )
            for run in self.runs
        }  # fmt: skip
        return FleetSummary(
            scan=self.errand.scan, vantages=tuple(_summary_of(run) for run in self.runs),
            differences=differences(views), is_interrupted=is_interrupted,
            findings=tuple(one for run in self.runs for one in suspect_crowds(store.findings(run.run))),
        )  # fmt: skip


def counts_of(run: VantageRun) -> dict[str, int]:
    """How the endpoints of a run stand; of a shard without a whole result as far as somebody looked."""
    added: Counter[str] = Counter()
    for number in range(run.of):
        added.update(run.counts.get(number) or run.partial.get(number) or _unchecked(run, number))
    return {standing: count for standing, count in added.items() if count}


def _unchecked(run: VantageRun, number: int) -> dict[str, int]:
    """Counted one by one, as what the scope excludes is no endpoint of the plan; a finished shard may hold none."""
    if number in run.counts:
        return {}
    keys = {endpoint.key for endpoint in part_of_plan(run.plan, number, run.of).endpoints()}
    return {TargetStanding.NOT_CHECKED.value: len(keys)}


def _summary_of(run: VantageRun) -> VantageSummary:
    return VantageSummary(
        vantage=run.vantage, run=run.run, counts=counts_of(run), planned=run.plan.count,
        given_up=dict(Counter(run.lane.given_up.values())), unresolved=run.plan.unresolved,
    )  # fmt: skip


def _new(wish: ScanWish, scope: Scope, scope_text: str, tools: FleetTools) -> Errand:
    library = pick_checks(tools.checks, wish.checks)
    return Errand(
        scan=f"R-{tools.now():%Y%m%d}-{tools.token(6)}", vantages=parse_vantages(wish.vantage), targets=wish.targets,
        ports=wish.ports or ports_of(library), library=library, limits=_limits(wish, scope), scope=scope,
        scope_text=scope_text,
    )  # fmt: skip


def _resumed(wish: ScanWish, scope: Scope, scope_text: str, tools: FleetTools) -> Errand:
    """The errand of the stopped scan; targets and checks may not be changed on the way."""
    if wish.targets or wish.checks:
        raise UsageProblem(
            "a resumed run keeps its own targets and checks", next_step="Leave them out, or start a new scan."
        )
    scan = scan_of(tools.store, wish.resume or "")
    if scan is None:
        raise NotFound("the fleet has no such scan", next_step="List the runs: leakguard scan show")
    began = next(record.content for record in tools.store.read(scan) if record.kind == "fleet_scan_started")
    return Errand(
        scan=scan, vantages=tuple(began["runs"]), targets=tuple(parse_target(text) for text in began["targets"]),
        ports=tuple(began["ports"]), library=pick_checks(tools.checks, [one.split("@")[0] for one in began["checks"]]),
        limits=_limits(wish, scope), scope=scope, scope_text=scope_text,
    )  # fmt: skip


def _limits(wish: ScanWish, scope: Scope) -> Limits:
    """The user may be more polite than the scope, never less."""
    return Limits(
        total=min(wish.total or scope.limits.total, scope.limits.total),
        per_host=min(wish.per_host or scope.limits.per_host, scope.limits.per_host),
    )
