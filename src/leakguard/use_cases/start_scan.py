"""Starts, resumes and repeats scans: joins plan, checks and limits into a run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import ports_of
from leakguard.errors import NotFound, UsageProblem
from leakguard.files.shapes import nearest_name
from leakguard.models.findings import Finding
from leakguard.models.scope import Limits, Scope
from leakguard.models.targets import Endpoint, join_host_port
from leakguard.ports import Prober, Progress, Resolve, ScanStore
from leakguard.scanning.buckets import bucket_text
from leakguard.scanning.gate import Gate
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import Target, parse_target
from leakguard.use_cases.examine import Examiner
from leakguard.use_cases.plan_scan import plan_scan
from leakguard.use_cases.runs import first_seen, load_run, most_records
from leakguard.use_cases.scan_assets import ScanRun, ScanSummary
from leakguard.use_cases.verify_findings import (
    Verified,
    findings_to_verify,
    judge_closure,
    record_closure,
    with_missing,
)


class ScanTools(Protocol):
    """What a scan needs from the outside; `wiring` gives it."""

    @property
    def store(self) -> ScanStore:
        """Where findings and events go."""

    @property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """All checks that ship."""

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a name."""

    def prober(self, gate: Gate, limits: Limits) -> Prober:
        """The door to the network."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanWish:
    """What the user asked for; empty means the whole scope, all checks, the scope's own limits."""

    targets: tuple[Target, ...] = ()
    checks: tuple[str, ...] = ()
    resume: str | None = None
    run: str | None = None
    """The id of a new run, where somebody had to know it before it began."""
    vantage: str = "local"
    total: float | None = None
    per_host: float | None = None
    ports: tuple[int, ...] = ()
    """The ports to try where a target names none; empty: those of the checks."""


def start_scan(wish: ScanWish, scope: Scope, tools: ScanTools, progress: Progress) -> ScanSummary:
    """Scan, or go on with a stopped run. Raises before the first packet when anything is out of scope."""
    wish = _resumed(wish, tools) if wish.resume else wish
    library = pick_checks(tools.checks, wish.checks)
    plan = plan_scan(wish.targets, scope, ports=wish.ports or ports_of(library), resolve=tools.resolve)
    if plan.count == 0:
        names = ", ".join(target.text for target in plan.targets)
        raise NotFound(f"no target has an address: {names[:200]}", next_step="Check the names, and the resolver.")
    limits = _limits(wish, scope)
    run = wish.resume or wish.run or new_run_id(tools)
    return asyncio.run(_scan_run(plan, library, run, limits, wish.vantage, tools, progress).execute(
        is_resumed=wish.resume is not None
    ))  # fmt: skip


def verify_again(
    ids: Sequence[str], scope: Scope, tools: ScanTools, progress: Progress, *, vantage: str
) -> tuple[tuple[Verified, ...], tuple[str, ...]]:
    """Probe findings again; returns how each stands, and the incidents that are now verified closed."""
    findings = findings_to_verify(tools.store, ids)
    kinds = {check.id: check.probe.kind for check in tools.checks}
    targets = tuple(target_of(finding, kinds.get(finding.check_id, "s3")) for finding in findings)
    plan = plan_scan(targets, scope, ports=(), resolve=also_where_seen(findings, scope, tools.resolve))
    run = new_run_id(tools)
    scan = _scan_run(plan, tools.checks, run, scope.limits, vantage, tools, progress)
    summary = asyncio.run(scan.execute())
    standings = dict(tools.store.done_targets(run))
    here = judge_closure(findings, run=run, standings=standings, again=summary.findings)
    verified = with_missing(tools.store, here, vantage=vantage)
    return verified, record_closure(tools.store, verified, vantage=vantage, now=tools.now)


def pick_checks(library: tuple[CheckDefinition, ...], wanted: Sequence[str]) -> tuple[CheckDefinition, ...]:
    """The checks by id, or all of them; raises `UsageProblem` that names the nearest id."""
    known = {definition.id: definition for definition in library}
    for identifier in wanted:
        if identifier not in known:
            near = nearest_name(identifier, list(known))
            hint = f"Did you mean `{near}`?" if near else "List them: leakguard checks list"
            raise UsageProblem(f"there is no check `{identifier[:60]}`", next_step=hint)
    return tuple(known[identifier] for identifier in dict.fromkeys(wanted)) or library


def new_run_id(tools: ScanTools) -> str:
    """`R-20261124-1a2b3c`: the day, and enough chance that two scans at once never meet."""
    return f"R-{tools.now():%Y%m%d}-{tools.token(6)}"


def _scan_run(
    plan: Plan, library: tuple[CheckDefinition, ...], run: str, limits: Limits, vantage: str, tools: ScanTools,
    progress: Progress,
) -> ScanRun:  # fmt: skip
    examiner = Examiner(
        prober=tools.prober(plan.gate, limits), library=library, gate=plan.gate, run=run, vantage=vantage,
        now=tools.now, nonsense=tools.token(12), first_seen=first_seen(tools.store),
        most_records=most_records(tools.store),
    )  # fmt: skip
    return ScanRun(plan=plan, examiner=examiner, store=tools.store, progress=progress, monotonic=tools.monotonic)


def _resumed(wish: ScanWish, tools: ScanTools) -> ScanWish:
    """The wish of the stopped run; targets and checks may not be changed on the way."""
    if wish.targets or wish.checks:
        raise UsageProblem(
            "a resumed run keeps its own targets and checks", next_step="Leave them out, or start a new scan."
        )
    stored = load_run(tools.store, wish.resume or "")
    targets = tuple(parse_target(text) for text in stored.targets)
    return replace(wish, targets=targets, checks=stored.checks, ports=stored.ports, vantage=stored.vantage)


def also_where_seen(findings: Sequence[Finding], scope: Scope, resolve: Resolve) -> Resolve:
    """A name may lead elsewhere by now; where the open server was is looked at too, if its address is in the scope."""
    gate = Gate(scope=scope)

    def both(name: str) -> tuple[str, ...]:
        seen = (item.address for item in findings if item.host == name and gate.refusal(item.address) is None)
        return tuple(dict.fromkeys([*resolve(name), *seen]))

    return both


def _limits(wish: ScanWish, scope: Scope) -> Limits:
    """The user may be more polite than the scope, never less."""
    return Limits(
        total=min(wish.total or scope.limits.total, scope.limits.total),
        per_host=min(wish.per_host or scope.limits.per_host, scope.limits.per_host),
    )


def target_of(finding: Finding, kind: str) -> Target:
    """The endpoint of a finding as a target of a new run; a bucket takes its name along."""
    endpoint = Endpoint(address=finding.address, port=finding.port, host=finding.host)
    bucket = finding.target.removeprefix(f"{endpoint.target}/") if "/" in finding.target else None
    place = join_host_port(finding.host or finding.address, finding.port)
    if bucket is None:
        return parse_target(place)
    return parse_target(bucket_text(bucket, kind=kind, host=finding.host, place=place))
