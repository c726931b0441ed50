"""Does the work of one shard, as a worker of the fleet: the permission is read and held against every address again."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.examination import EndpointStatus
from leakguard.engine.examiner import Examiner
from leakguard.engine.part_report import PartReport
from leakguard.engine.part_run import PartRun
from leakguard.errors import UsageProblem
from leakguard.frozen import as_dict
from leakguard.models.fleet import MAX_TARGET_LENGTH, MOST_REASONS, CutShort, Shard, ShardResult
from leakguard.models.moments import from_z, to_z
from leakguard.models.runs import RunState
from leakguard.models.scope import Limits, Scope
from leakguard.models.targets import endpoint_key
from leakguard.models.wire import finding_to_json
from leakguard.ports import Prober
from leakguard.scanning.gate import Gate
from leakguard.scanning.order import order_of
from leakguard.scanning.parts import part_of_plan
from leakguard.scanning.plan import Plan
from leakguard.scanning.quiet_hours import QuietWatch, refuse_in_quiet_hours
from leakguard.scanning.scope.file import parse_scope
from leakguard.scanning.targets import parse_target, ports_in
from leakguard.use_cases.scans.plan_scan import plan_scan
from leakguard.use_cases.scans.scan_assets import Report, Work

if TYPE_CHECKING:
    from leakguard.sensitivity.book import KindBook

MARGIN_SECONDS = 1.0
"""Work ends so long before the shard's time does: what is cancelled needs a moment to close its lines."""


class ShardTools(Protocol):
    """What a worker needs from the outside; a store is not among it."""

    @property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """All checks that ship."""

    def prober(self, gate: Gate, limits: Limits, *, timeout: float | None = None) -> Prober:
        """The door to the network; `timeout` in seconds, for a connection to open."""

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a name, as seen from here."""

    def kind_book(self) -> KindBook:
        """The book of kinds of data, read when it is first asked for."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""

    def run_parts(self, works: Sequence[Work], take: Report) -> bool:
        """See `scan_assets.RunParts`."""


def run_shard(shard: Shard, tools: ShardTools, *, worker: str) -> ShardResult:
    """Sweep and examine the shard's part of the plan until it is done or its time is over; never probes after that.

    Raises `ScopeRefused`, `OutOfScope`, `InQuietHours`, `UsageProblem` or `BadFile` before the first packet.
    """
    library, plan = shard_library(shard.checks, tools.checks), shard_plan(shard, now=tools.now())
    started = tools.now()
    refuse_in_quiet_hours(plan.gate.scope, started)
    seconds = (shard.ends_at - started).total_seconds() - MARGIN_SECONDS
    reports: list[PartReport] = []
    is_in_time = False
    if seconds > 0 and plan.count:
        make = partial(_part, shard, plan, library, tools)
        pause = 1 / kept_limits(shard, plan.gate.scope).total
        is_in_time = tools.run_parts([lambda report: _until(make, report, seconds, pause)], reports.append)
    ended = tools.now()
    cut = _cut_short_by(plan.gate.scope, reports, ended, shard.ends_at, is_in_time=is_in_time)
    return _result(shard, plan, reports, cut, worker=worker, times=(started, ended))


def _cut_short_by(
    scope: Scope, reports: Sequence[PartReport], ended: datetime, ends_at: datetime, *, is_in_time: bool
) -> CutShort:
    """What kept a shard from being whole, if it is not."""
    if any(report.is_network_lost for report in reports):
        return "network_lost"
    if not is_in_time:
        return "time"
    if QuietWatch(scope)(ended) is not None:
        return "quiet_hours"
    return "unasked" if ended < ends_at else "time"


def _part(
    shard: Shard, plan: Plan, library: tuple[CheckDefinition, ...], tools: ShardTools, report: Report
) -> PartRun:  # fmt: skip
    limits = kept_limits(shard, plan.gate.scope)
    prober = tools.prober(plan.gate, limits, timeout=shard.timeout)
    quiet_at, ends_at = QuietWatch(plan.gate.scope), shard.ends_at

    def may_go_on() -> bool:
        """A worker that was stopped for longer than its time wakes up with no time left, and no word of it yet."""
        return (now := tools.now()) < ends_at and quiet_at(now) is None

    examiner = Examiner(
        prober=prober, library=library, gate=plan.gate, run=shard.run, vantage=shard.vantage, now=tools.now,
        random_word=shard.nonsense,
        first_open_at={
            (known.check_id, known.place): from_z(known.first_seen) for known in shard.known if known.first_seen
        },
        most_records={
            (known.check_id, known.place): known.most_records for known in shard.known if known.most_records is not None
        },
        kind_definitions=tools.kind_book,
    )  # fmt: skip
    return PartRun(
        part=shard.number, space=plan.space, order=order_of(plan.count, f"{shard.order_key}/{shard.number}"),
        examiner=examiner, prober=prober, reports_all=shard.lists_all, once_open=_once_open(shard, plan), report=report,
        monotonic=tools.monotonic, may_go_on=may_go_on, initial_state=RunState(),
    )  # fmt: skip


def kept_limits(shard: Shard, scope: Scope) -> Limits:
    """The shard's share, and never more than the scope permits to all together, whatever the coordinator signed."""
    share = shard.share.model_dump()
    return Limits(**{name: min(share[name], most) for name, most in as_dict(scope.limits).items()})


def _once_open(shard: Shard, plan: Plan) -> frozenset[str]:
    """The keys of endpoints that were open in an earlier run; a name is told by the addresses that it leads to."""
    places = {known.place.partition("/")[0] for known in shard.known if known.first_seen}
    named = (
        endpoint_key(address, int(place.rpartition(":")[2]), host)
        for place in places
        for host in [place.rpartition(":")[0]]
        for address in plan.resolved.get(host, ())
    )
    return frozenset({*places, *named})


def shard_plan(shard: Shard, *, now: datetime) -> Plan:
    """The shard's part of the plan, made from the scope that it brings; raises `ScopeRefused` or `OutOfScope`."""
    scope = parse_scope(shard.scope_text, name="the scope of the shard", now=now)
    targets = tuple(parse_target(text) for text in shard.targets)
    resolved = dict(shard.resolved)
    plan = plan_scan(targets, scope, ports=ports_in(shard.ports), resolve=lambda name: resolved.get(name, ()))
    return part_of_plan(plan, shard.number, shard.of)


def shard_library(wanted: tuple[str, ...], known: tuple[CheckDefinition, ...]) -> tuple[CheckDefinition, ...]:
    """The checks by `id@version`; raises `UsageProblem` when this machine has others than the coordinator."""
    by_name = {f"{definition.id}@{definition.version}": definition for definition in known}
    missing = [name for name in wanted if name not in by_name]
    if missing:
        raise UsageProblem(
            f"this worker does not have {len(missing)} of the {len(wanted)} checks, such as `{missing[0][:60]}`",
            next_step="Install the same release of LeakGuard on the coordinator and on every worker.",
        )
    return tuple(by_name[name] for name in wanted)


async def _until(make: Callable[[Report], PartRun], report: Report, seconds: float, pause: float) -> bool:
    """As much as the time allows; whether the work ended before it did, done or stopped by something else.

    A shard begins one pause after the one before it at the earliest.
    """
    time = asyncio.timeout(seconds)
    with contextlib.suppress(TimeoutError):
        async with time:
            await asyncio.sleep(pause)
            part = make(report)
            if part.may_go_on():
                await part.run()
    return not time.expired()


def _result(
    shard: Shard, plan: Plan, reports: list[PartReport], cut: CutShort, *, worker: str, times: tuple[datetime, datetime]
) -> ShardResult:
    """What the reports add up to; an endpoint that nobody came to, or that could not be asked, was not checked."""
    counts = Counter(reports[-1].state.counts if reports else {})
    left, reasons = plan.count - counts.total(), reports[-1].state.reasons if reports else {}
    counts.update({EndpointStatus.NOT_CHECKED: left} if left else {})
    return ShardResult(
        scan=shard.scan, vantage=shard.vantage, run=shard.run, number=shard.number, of=shard.of, attempt=shard.attempt,
        worker=worker, is_complete=not left, counts={str(standing): count for standing, count in counts.items()},
        standings={key: standing for report in reports for key, standing in report.statuses.items()},
        findings=tuple(finding_to_json(finding) for report in reports for finding in report.findings),
        started_at=to_z(times[0]), ended_at=to_z(times[1]),
        cut_short_by=cut if left else "time",
        unasked=tuple(sorted({why[:MAX_TARGET_LENGTH] for why in reasons}))[:MOST_REASONS],
    )  # fmt: skip
