"""Starts, resumes and repeats scans: joins plan, checks and limits into a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import ports_of
from leakguard.checks.order import HTTP
from leakguard.checks.protocols import PROTOCOLS, scheme_of
from leakguard.checks.scope_permissions import without_industrial
from leakguard.engine.earlier_runs import earlier_at
from leakguard.engine.examiner import ResultObserver
from leakguard.engine.inspection_options import NO_INSPECTION, InspectionOptions, refuse_unpermitted
from leakguard.engine.part_runner import PartRunner, PartTools
from leakguard.errors import NotFound, OutOfScope, ScopeRefused, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.models.findings import Finding
from leakguard.models.industrial import INDUSTRIAL_STEP, ports_left_out_words
from leakguard.models.scope import Limits, Scope
from leakguard.models.targets import Endpoint, join_host_port
from leakguard.ports import Progress, Resolve, ScanStore
from leakguard.scanning.backend_places import own_backend
from leakguard.scanning.backends import backend_inside
from leakguard.scanning.binding import binding_limit
from leakguard.scanning.buckets import bucket_text
from leakguard.scanning.gate import Gate
from leakguard.scanning.plan import Plan
from leakguard.scanning.plan_extent import ground_of
from leakguard.scanning.quiet_hours import refuse_in_quiet_hours
from leakguard.scanning.targets import Target, parse_target
from leakguard.use_cases.scans.plan_scan import plan_scan, with_dropped
from leakguard.use_cases.scans.run_opening import RunOpening, opening_content, opening_of, read_opening, refuse_changed
from leakguard.use_cases.scans.scan_assets import Report, ScanRun, ScanSummary, Work

if TYPE_CHECKING:
    from leakguard.use_cases.scans.verify_findings import VerifiedFinding

LOCAL = "local"
"""The place that is meant where none is named."""
MANY = 20_000
FAST = 20_000.0
"""Endpoints, and connections a second, from which a second process is worth its start."""


class ScanTools(PartTools, Protocol):
    """What a scan needs from the outside; `wiring` gives it."""

    @property
    def store(self) -> ScanStore:
        """Where findings and events go."""

    @property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """All checks that ship."""

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a name."""

    def refuse_few_files(self, parts: int) -> None:
        """Raise `TooFewFiles` where the machine lets us open fewer files than so many parts at once need."""

    def run_parts(self, works: Sequence[Work], take: Report) -> bool:
        """Run the parts of a run at once; see `scan_assets.RunParts`."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


class RunNamer(Protocol):
    """What it takes to name a run."""

    @property
    def store(self) -> ScanStore:
        """Which runs are known."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


class ScanOptions(Frozen):
    """What the user asked for; empty means the whole scope, all checks, the scope's own limits."""

    targets: tuple[Target, ...] = ()
    checks: tuple[str, ...] = ()
    resume: str | None = None
    run: str | None = None
    """The id of a new run, where somebody had to know it before it began."""
    vantage: str = LOCAL
    total: float | None = None
    per_host: float | None = None
    ports: tuple[int, ...] = ()
    """The ports to try where a target names none; empty: those of the checks."""
    workers: int | None = None
    """Processes that share the work; by default as many as pay."""
    timeout: float | None = None
    """Seconds that a connection may take to open; by default three."""
    inspection: InspectionOptions = NO_INSPECTION
    """How closely open stores are looked at."""

    @property
    def is_chosen(self) -> bool:
        """Whether it names targets, ports or checks; a run to go on with has its own."""
        return bool(self.targets or self.ports or self.checks)

    def going_on_with(self, run: str) -> ScanOptions:
        """The same limits and vantage for a run that was stopped, whose targets, ports and checks are its own."""
        return replace(self, targets=(), ports=(), checks=(), resume=run)


def start_scan(options: ScanOptions, scope: Scope, tools: ScanTools, progress: Progress) -> ScanSummary:
    """Scan, or go on with a stopped run.

    Raises before the first packet when anything is out of scope, and in the quiet hours of the scope.
    """
    if options.resume is not None:
        return resume_scan(options, scope, tools, progress)
    refuse_unpermitted(options.inspection, scope)
    library = pick_checks(tools.checks, options.checks, scope)
    plan = plan_scan(options.targets, scope, ports=options.ports or ports_of(library), resolve=tools.resolve)
    if plan.count == 0 and plan.ports_left_out:
        raise OutOfScope(ports_left_out_words(plan.ports_left_out), next_step=INDUSTRIAL_STEP)
    if plan.count == 0:
        names = ", ".join(target.text for target in plan.targets)
        raise NotFound(f"no target has an address: {names[:200]}", next_step="Check the names, and the resolver.")
    refuse_in_quiet_hours(scope, tools.now())
    parts = parts_for(options, plan.count, limits_for(options, scope))
    opening = opening_of(plan, library, vantage=options.vantage, parts=parts)
    return scan_run(plan, library, options.run or new_run_id(tools), opening, options, tools, progress).execute()


def resume_scan(options: ScanOptions, scope: Scope, tools: ScanTools, progress: Progress) -> ScanSummary:
    """Go on with a stopped run: with its targets, its checks, its addresses, as closely, from where it stood."""
    run = options.resume or ""
    if options.is_chosen:
        raise UsageProblem(
            "a resumed run keeps its own targets, ports and checks", next_step="Leave them out, or start a new scan."
        )
    opening, library, plan = plan_again(run, scope, tools)
    refuse_changed(opening, plan, run)
    if options.vantage not in (LOCAL, opening.vantage):
        raise UsageProblem(
            f"the run {run} probes from {opening.vantage[:60]}, and reports its findings as seen from there",
            next_step="Leave --vantage out, or start a new scan.",
        )
    refuse_in_quiet_hours(scope, tools.now())
    options = replace(options, vantage=opening.vantage, inspection=options.inspection or opening.inspection)
    return scan_run(plan, library, run, opening, options, tools, progress).execute(is_resumed=True)


def plan_again(run: str, scope: Scope, tools: ScanTools) -> tuple[RunOpening, tuple[CheckDefinition, ...], Plan]:
    """The opening, the checks and the plan of a stored run, with the addresses that its names led to."""
    opening = read_opening(tools.store, run)
    library = pick_checks(tools.checks, opening.check_ids, scope)
    targets = tuple(parse_target(text) for text in opening.targets)
    plan = plan_scan(targets, scope, ports=opening.ports, resolve=lambda name: opening.resolved.get(name, ()))
    return opening, library, with_dropped(plan, opening.dropped, opening.resolved)


def verify_again(
    ids: Sequence[str], scope: Scope, tools: ScanTools, progress: Progress, *, vantage: str
) -> tuple[tuple[VerifiedFinding, ...], tuple[str, ...]]:
    """Probe findings again; returns how each stands, and the incidents that are now verified closed."""
    from leakguard.use_cases.scans.verify_findings import (  # noqa: PLC0415  (a scan has no use for it)
        findings_to_verify,
        judge_closure,
        record_closure,
        seen_open_elsewhere,
        with_known,
    )

    findings = findings_to_verify(tools.store, ids)
    kinds = {check.id: check.probe.kind for check in tools.checks}
    targets = tuple(target_of(finding, kinds.get(finding.check_id, "s3"), scope) for finding in findings)
    seen = (*findings, *seen_open_elsewhere(tools.store, findings))
    plan = plan_scan(targets, scope, ports=(), resolve=also_where_seen(seen, scope, tools.resolve))
    refuse_in_quiet_hours(scope, tools.now())
    run = new_run_id(tools)
    library = pick_checks(tools.checks, (), scope)
    opening = opening_of(plan, library, vantage=vantage, parts=1)
    summary = scan_run(plan, library, run, opening, ScanOptions(vantage=vantage), tools, progress).execute()
    standings = dict(tools.store.done_targets(run))
    here = judge_closure(findings, run=run, standings=standings, again=summary.findings)
    verified = with_known(tools.store, here, vantage=vantage)
    return verified, record_closure(tools.store, verified, vantage=vantage, now=tools.now)


def pick_checks(
    library: tuple[CheckDefinition, ...], wanted: Sequence[str], scope: Scope | None = None
) -> tuple[CheckDefinition, ...]:
    """The checks by id, or all of them; with a `scope` those that it permits.

    Raises `UsageProblem` that names the nearest id, and `ScopeRefused` for a check that the scope does not permit.
    """
    known = {definition.id: definition for definition in library}
    for identifier in wanted:
        if identifier not in known:
            near = nearest_name(identifier, list(known))
            hint = f"Did you mean `{near}`?" if near else "List them: leakguard checks list"
            raise UsageProblem(f"there is no check `{identifier[:60]}`", next_step=hint)
    chosen = tuple(known[identifier] for identifier in dict.fromkeys(wanted)) or library
    kept = chosen if scope is None or scope.industrial is not None else without_industrial(chosen)
    if wanted and len(kept) < len(chosen):
        refused = next(check.id for check in chosen if check not in kept)
        raise ScopeRefused(
            f"the scope does not allow `{refused}`, which asks industrial devices", next_step=INDUSTRIAL_STEP
        )
    return kept


def new_run_id(tools: RunNamer) -> str:
    """`R-20261124-1a2b3c`: the day, and enough chance that two scans at once never meet.

    Whoever scans every minute meets an id of the same day again in one day of sixteen, and what is done under it would
    count as done: so one that the store knows is not taken.
    """
    while True:
        run = f"R-{tools.now():%Y%m%d}-{tools.token(6)}"
        if next(iter(tools.store.read(run)), None) is None:
            return run


def scan_run(
    plan: Plan, library: tuple[CheckDefinition, ...], run: str, opening: RunOpening, options: ScanOptions,
    tools: ScanTools, progress: Progress, *, on_results: ResultObserver | None = None,
) -> ScanRun:  # fmt: skip
    """The run, ready to be executed; `on_results` receives the results of every round.

    Raises `ScopeRefused` where records would be read and the scope does not permit it, whoever asks, and `TooFewFiles`:
    what is refused here leaves no run behind.
    """
    scope = plan.gate.scope
    refuse_unpermitted(options.inspection, scope)
    earlier = earlier_at(plan, tools.store)
    tools.refuse_few_files(opening.parts)
    limits = limits_for(options, scope)
    part_runner = PartRunner(
        plan=plan, library=library, run=run, vantage=opening.vantage, part_count=opening.parts, tools=tools,
        limits=limits, timeout=options.timeout, earlier=earlier, inspection_options=options.inspection,
        on_results=on_results,
    )  # fmt: skip
    return ScanRun(
        run=run, plan=plan, opening=opening_content(opening, plan, options.inspection), parts=opening.parts,
        work=part_runner.run_part, run_parts=tools.run_parts, store=tools.store, progress=progress, now=tools.now,
        monotonic=tools.monotonic, pace=binding_limit(ground_of(plan.space), limits, options.total),
        measured=earlier.most_records,
    )  # fmt: skip


def parts_for(options: ScanOptions, planned: int, limits: Limits) -> int:
    """How many processes share the work: several only pay where the rate is high and the plan is large."""
    if options.workers is not None:
        return max(1, min(options.workers, planned))
    return 2 if planned > MANY and limits.total > FAST else 1


def also_where_seen(findings: Sequence[Finding], scope: Scope, resolve: Resolve) -> Resolve:
    """A name may lead elsewhere by now; where the open server was is looked at too, if its address is in the scope."""
    gate = Gate(scope=scope)

    def both(name: str) -> tuple[str, ...]:
        seen = (item.address for item in findings if item.host == name and gate.refusal(item.address) is None)
        return tuple(dict.fromkeys([*seen, *resolve(name)]))

    return both


def limits_for(options: ScanOptions, scope: Scope) -> Limits:
    """The user may be more polite than the scope, never less."""
    return replace(
        scope.limits,
        total=min(options.total or scope.limits.total, scope.limits.total),
        per_host=min(options.per_host or scope.limits.per_host, scope.limits.per_host),
    )


def target_of(finding: Finding, kind: str, scope: Scope | None = None) -> Target:
    """The endpoint of a finding as a target of a new run; a bucket takes its name along, and a product its path."""
    endpoint = Endpoint(address=finding.address, port=finding.port, host=finding.host)
    bucket = finding.target.removeprefix(f"{endpoint.target}/") if "/" in finding.target else None
    place = join_host_port(finding.host or finding.address, finding.port)
    if PROTOCOLS[kind].for_backends:
        where = finding.host or finding.address
        return parse_target(backend_inside(bucket or "", kind=kind, host=where, port=finding.port))
    hosts = (finding.host or finding.address, finding.address)
    if kind == HTTP and scope and (own := own_backend(scope, hosts=hosts, port=finding.port, table=bucket or "")):
        return parse_target(own)
    if bucket is None:
        return parse_target(place)
    if kind == HTTP or PROTOCOLS[kind].has_folders:
        return parse_target(f"{scheme_of(kind, in_tls=finding.tls is not None)}://{place}/{bucket}")
    return parse_target(bucket_text(bucket, kind=kind, host=finding.host, place=place))
