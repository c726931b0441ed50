"""Looks at our own accounts from the owner's side, then from outside at what their settings open.

Each account must stand in the scope. What needs no look from outside is stored as it comes; the rest is stored with
what was met there, or as it is when the run is stopped. A region that fails leaves a gap of its own and stops no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from leakguard.checks.library import ports_of
from leakguard.engine.earlier_runs import gathered
from leakguard.errors import InQuietHours, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.frozen import field as frozen_field
from leakguard.logs import log
from leakguard.models.clouds import EVERYWHERE, LISTING, OWNER, CloudFact, Gap, Resource, Unit
from leakguard.models.events import exactly
from leakguard.models.findings import Finding
from leakguard.models.records import Record
from leakguard.models.runs import RunState
from leakguard.models.scan_state import ScanState
from leakguard.models.scope import EntryKind, Scope
from leakguard.owners.cloud_checks.definitions import CloudCheck, kinds_of
from leakguard.owners.cloud_checks.judge import ResourceContext
from leakguard.owners.cloud_checks.networks import OTHER_PORTS
from leakguard.ports import Progress
from leakguard.ports.clouds import Cloud
from leakguard.scanning.gate import Gate
from leakguard.scanning.quiet_hours import refuse_in_quiet_hours
from leakguard.scanning.tally import Tally
from leakguard.use_cases.owners.cloud_findings import STANDINGS, CloudJudge, JudgedResource
from leakguard.use_cases.owners.cloud_reach import ReachPlan, joined, met_by, plan_knocks
from leakguard.use_cases.scans.runs import RunFindings
from leakguard.use_cases.scans.scan_assets import RESOURCE, ScanSummary, log_run_end
from leakguard.use_cases.scans.start_scan import ScanOptions, ScanTools, new_run_id, pick_checks, start_scan

REGIONS = "regions"
"""The kind of fact that stands for the list of regions itself."""


class CloudTools(ScanTools, Protocol):
    """What a look at accounts needs beside what a scan needs."""

    @property
    def cloud_checks(self) -> tuple[CloudCheck, ...]:
        """All that ship."""

    @property
    def cloud(self) -> Cloud:
        """The interface of the provider."""


class CloudOptions(Frozen):
    """What the user asked for."""

    profiles: tuple[str, ...]
    regions: tuple[str, ...] = ()
    """Empty: all that the accounts have switched on."""
    outside: ScanOptions = ScanOptions()
    """How to look from outside: vantage, rates, and checks of both kinds."""


class CloudSummary(Frozen):
    """How both looks ended."""

    owner: ScanSummary
    outside: ScanSummary | None = None
    """Nothing where there was nothing to look at, or the scope allowed nothing of it."""
    missing: Mapping[str, int] = frozen_field(default_factory=dict)
    """Each permission that is missing, and how many findings it left unclear."""

    @property
    def both(self) -> ScanSummary:
        """Both as one, to be printed: the owner's run with the findings of the other behind its own."""
        other = self.outside
        if other is None:
            return self.owner
        return replace(
            self.owner, findings=(*self.owner.findings, *other.findings), unresolved=other.unresolved,
            left_out=other.left_out, bugs=other.bugs,
            is_interrupted=self.owner.is_interrupted or other.is_interrupted,
        )  # fmt: skip


def scan_cloud(
    options: CloudOptions, scope: Scope, tools: CloudTools, new_progress: Callable[[], Progress]
) -> CloudSummary:
    """Look at every account; raises before the first question about resources when one of them is out of scope."""
    refuse_in_quiet_hours(scope, tools.now())
    checks, outside = _checks(options.outside, tools)
    gate = Gate(scope=scope)
    accounts = accounts_of(options.profiles, gate, tools.cloud)
    units, gaps = _units(accounts, options.regions, tools.cloud)
    run = new_run_id(tools)
    ground = ground_of(scope, accounts, tools)
    known = gathered(tools.store.seen()).first_open_at
    judge = CloudJudge(checks=checks, ground=ground, gate=gate, run=run, first_seen=known)
    opening = opening_of_accounts(scope, accounts, units, checks)
    cloud_run = CloudRun(tools=tools, judge=judge, units=units, opening=opening, outside=outside, gaps=gaps)
    return cloud_run.execute(new_progress)


def accounts_of(profiles: Sequence[str], gate: Gate, cloud: Cloud) -> dict[str, str]:
    """Each account and the first profile that leads to it; raises `OutOfScope` that names all that are not ours."""
    found: dict[str, str] = {}
    for profile in profiles:
        found.setdefault(cloud.account(profile), profile)
    gate.check_accounts(found)
    return found


def ground_of(scope: Scope, accounts: Mapping[str, str], tools: ScanTools) -> ResourceContext:
    """Every account that the scope includes is ours; the ports are those of all datastores that are known here."""
    named = {entry.name for entry in scope.include if entry.kind is EntryKind.ACCOUNT}
    return ResourceContext(own=frozenset({*named, *accounts}), ports=OTHER_PORTS.union(ports_of(tools.checks)))


@dataclass(slots=True, kw_only=True)
class CloudRun:
    """One run; `execute` may be called once."""

    tools: CloudTools
    judge: CloudJudge
    units: Sequence[Unit]
    opening: Mapping[str, object]
    outside: ScanOptions
    gaps: Sequence[CloudFact] = ()
    """What was missing before any unit was asked."""
    _held: list[JudgedResource] = field(default_factory=list)
    """Those that wait for a look from outside."""
    _counts: Counter[str] = field(default_factory=Counter)
    _missing: Counter[str] = field(default_factory=Counter)
    _done: int = 0

    def execute(self, new_progress: Callable[[], Progress]) -> CloudSummary:
        """Look at all units, then from outside. Stopped, it keeps what it knows and says so in the ledger."""
        self.tools.store.take_run(self.judge.run)
        try:
            with log.bound(run=self.judge.run):
                return self._execute(new_progress)
        finally:
            self.tools.store.release_run(self.judge.run)

    def _execute(self, new_progress: Callable[[], Progress]) -> CloudSummary:
        self._record("run_started", self.opening)
        log.info("run_started", planned=len(self.units), is_resumed=False)
        outside: ScanSummary | None = None
        knocks, is_finished = ReachPlan(targets=(), left={}), False
        try:
            self._ask_all(new_progress())
            endpoints = (text for looked in self._held for text in looked.endpoints)
            knocks = plan_knocks(endpoints, self.judge.gate, self.tools.resolve)
            outside = self._knock(knocks, new_progress)
            is_finished = outside is None or not outside.is_interrupted
        except KeyboardInterrupt:
            is_finished = False
        finally:
            self._save_held(knocks, outside)
            ended = "run_finished" if is_finished else "run_interrupted"
            self._record(ended, {"counts": dict(self._counts)})
            log_run_end(ended, self._counts)
        owner = ScanSummary(
            run=self.judge.run, counts=dict(self._counts), planned=len(self.units), noun=RESOURCE,
            findings=RunFindings(self.tools.store, self.judge.run), is_interrupted=not is_finished,
        )  # fmt: skip
        return CloudSummary(owner=owner, outside=outside, missing=dict(self._missing))

    def _ask_all(self, progress: Progress) -> None:
        kinds = kinds_of(self.judge.checks)
        began = self.tools.monotonic()
        tally = Tally(run=self.judge.run, planned=len(self.units), began=began)
        progress.started(len(self.units))
        try:
            self._take(self.gaps, tally, progress)
            for look in self.tools.cloud.looks(self.units, kinds):
                self._take(look.facts, tally, progress)
                self._done += 1
                progress.moved(self._state(tally, began))
        finally:
            progress.finished()

    def _take(self, facts: Sequence[CloudFact], tally: Tally, progress: Progress) -> None:
        """Keep what needs no look from outside; hold the rest."""
        for fact in facts:
            self._missing.update(gap.permission for gap in fact.gaps.values() if gap.is_denied)
        found = list(self.judge.findings(facts, self.tools.now()))
        self._held += [looked for looked in found if looked.endpoints]
        self._save([looked.finding for looked in found if not looked.endpoints])
        tally.found(looked.finding for looked in found)
        for looked in found:
            progress.found(looked.finding)

    def _knock(self, knocks: ReachPlan, new_progress: Callable[[], Progress]) -> ScanSummary | None:
        if not knocks.targets:
            return None
        options = replace(self.outside, targets=knocks.targets)
        with suppress(InQuietHours):
            return start_scan(options, self.judge.gate.scope, self.tools, new_progress())
        return None

    def _save_held(self, knocks: ReachPlan, outside: ScanSummary | None) -> None:
        met = met_by(outside, self.tools.store, knocks.targets) if outside else {}
        run, vantage = outside.run if outside else None, self.outside.vantage
        self._save([joined(looked, knocks, met, vantage=vantage, run=run) for looked in self._held])
        self._held.clear()

    def _save(self, findings: Sequence[Finding]) -> None:
        self._counts.update(str(STANDINGS[finding.verdict.outcome]) for finding in findings)
        if findings:
            state = RunState(next_position=self._done, counts=dict(self._counts))
            self.tools.store.save_findings(self.judge.run, findings, {}, {0: state})

    def _state(self, tally: Tally, began: float) -> ScanState:
        return ScanState(
            run=tally.run, planned=tally.planned, done=self._done, in_flight=tally.planned - self._done,
            open_found=tally.open_found, outcomes=dict(tally.outcomes), by_severity=dict(tally.by_severity),
            elapsed_seconds=self.tools.monotonic() - began,
        )  # fmt: skip

    def _record(self, kind: str, content: Mapping[str, object]) -> None:
        record = Record(kind=kind, occurred_at=exactly(self.tools.now()), content=content)
        self.tools.store.append(self.judge.run, [record])


def _checks(options: ScanOptions, tools: CloudTools) -> tuple[tuple[CloudCheck, ...], ScanOptions]:
    """The owner's checks that are wanted, and the options of the scan from outside; all of each where none is named."""
    known = {check.id: check for check in tools.cloud_checks}
    own = tuple(known[check] for check in options.checks if check in known)
    others = tuple(check for check in options.checks if check not in known)
    pick_checks(tools.checks, others)
    if others and not own:
        raise UsageProblem(
            "none of these checks looks at an account",
            next_step=f"Name one of them as well, such as {next(iter(known))}, or leave --checks out.",
        )
    return own or tools.cloud_checks, replace(options, checks=others)


def _units(accounts: Mapping[str, str], wanted: Sequence[str], cloud: Cloud) -> tuple[list[Unit], list[CloudFact]]:
    units, gaps = [], []
    for account, profile in accounts.items():
        known = cloud.regions(profile)
        regions = tuple(wanted) or known
        if regions is None:
            gaps.append(_unknown_regions(account))
        elif known is not None:
            _refuse_unknown(regions, known, account)
        names = (EVERYWHERE, *(regions if regions is not None else (cloud.home(profile),)))
        units += [Unit(profile=profile, account=account, region=name) for name in names]
    return units, gaps


def _refuse_unknown(regions: Sequence[str], known: Sequence[str], account: str) -> None:
    """Raise `UsageProblem` for a region that the account does not use: nothing there would look like all is well."""
    for region in regions:
        if region not in known:
            near = nearest_name(region, list(known))
            raise UsageProblem(
                f"the account {account} has no region `{region[:40]}` switched on",
                next_step=f"Did you mean `{near}`?" if near else f"It uses: {', '.join(known)}",
            )


def _unknown_regions(account: str) -> CloudFact:
    where = Resource(account=account, region=EVERYWHERE, service="ec2", name="DescribeRegions")
    return CloudFact(kind=REGIONS, resource=where, gaps={LISTING: Gap(permission="ec2:DescribeRegions")})


def opening_of_accounts(
    scope: Scope, accounts: Mapping[str, str], units: Sequence[Unit], checks: Sequence[CloudCheck]
) -> dict[str, object]:
    """As the ledger keeps it: by whose permission, which accounts by which profiles, and what was asked."""
    return {
        "scope": scope.name, "scope_sha256": scope.digest, "owner": scope.owner.organisation,
        "targets": [f"aws://{account}" for account in accounts], "ports": [],
        "checks": [f"{check.id}@{check.version}" for check in checks], "vantage": OWNER, "planned": len(units),
        "parts": 1, "profiles": dict(accounts), "regions": list(_each_once(units)),
    }  # fmt: skip


def _each_once(units: Sequence[Unit]) -> Iterator[str]:
    return iter(dict.fromkeys(unit.region for unit in units))
