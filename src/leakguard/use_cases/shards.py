"""Does the work of one shard, as a worker of the fleet: the permission is read and held against every address again."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import Protocol

from leakguard.checks.definitions import CheckDefinition
from leakguard.errors import UsageProblem
from leakguard.models.finding_json import finding_to_json
from leakguard.models.fleet import Shard, ShardResult
from leakguard.models.moments import from_z, to_z
from leakguard.models.scope import Limits
from leakguard.ports import Prober
from leakguard.scanning.gate import Gate
from leakguard.scanning.parts import part_of_plan
from leakguard.scanning.plan import Plan
from leakguard.scanning.scope_file import parse_scope
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.examination import Examination, TargetStanding
from leakguard.use_cases.examine import Examiner
from leakguard.use_cases.plan_scan import plan_scan

CONCURRENCY = 128
"""Endpoints in flight, as in a scan of one machine."""
MARGIN_SECONDS = 1.0
"""Work ends so long before the shard's time does: what is cancelled needs a moment to close its lines."""
_QUIET = frozenset({TargetStanding.CLOSED, TargetStanding.SILENT})


class ShardTools(Protocol):
    """What a worker needs from the outside; a store is not among it."""

    @property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """All checks that ship."""

    def prober(self, gate: Gate, limits: Limits) -> Prober:
        """The door to the network."""

    def resolve(self, name: str) -> tuple[str, ...]:
        """All addresses of a name, as seen from here."""

    def now(self) -> datetime:
        """The time, in UTC."""


def run_shard(shard: Shard, tools: ShardTools, *, worker: str) -> ShardResult:
    """Examine the shard's part of the plan until it is done or its time is over; never probes after that.

    Raises `ScopeRefused`, `OutOfScope`, `UsageProblem` or `BadFile` before the first packet.
    """
    library, plan = shard_library(shard.checks, tools.checks), shard_plan(shard, now=tools.now())
    limits = Limits(total=shard.share.total, per_host=shard.share.per_host)
    started = tools.now()
    examiner = Examiner(
        prober=tools.prober(plan.gate, limits), library=library, gate=plan.gate, run=shard.run, vantage=shard.vantage,
        now=tools.now, nonsense=shard.nonsense,
        first_seen={(one.check_id, one.place): from_z(one.first_seen) for one in shard.known if one.first_seen},
        most_records={
            (one.check_id, one.place): one.most_records for one in shard.known if one.most_records is not None
        },
    )  # fmt: skip
    seconds = (shard.ends_at - started).total_seconds() - MARGIN_SECONDS
    seen = asyncio.run(_examine(plan, examiner, seconds=seconds, pause=1 / limits.total))
    return _result(shard, plan, seen, worker=worker, times=(started, tools.now()))


def shard_plan(shard: Shard, *, now: datetime) -> Plan:
    """The shard's part of the plan, made from the scope that it brings; raises `ScopeRefused` or `OutOfScope`."""
    scope = parse_scope(shard.scope_text, name="the scope of the shard", now=now)
    targets = tuple(parse_target(text) for text in shard.targets)
    resolved = dict(shard.resolved)
    plan = plan_scan(targets, scope, ports=shard.ports, resolve=lambda name: resolved.get(name, ()))
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


async def _examine(plan: Plan, examiner: Examiner, *, seconds: float, pause: float) -> list[Examination]:
    """All of them, or as many as the time allows. A shard begins one pause after the one before it at the earliest."""
    seen: list[Examination] = []
    endpoints = plan.endpoints()

    async def work() -> None:
        for endpoint in endpoints:
            seen.append(await examiner.examine(endpoint))  # noqa: PERF401  (what was seen must outlive a time-out)

    try:
        async with asyncio.timeout(seconds):
            await asyncio.sleep(pause)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(CONCURRENCY, max(1, plan.count))):
                    group.create_task(work())
    except TimeoutError:
        pass
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several
    return seen


def _result(
    shard: Shard, plan: Plan, seen: list[Examination], *, worker: str, times: tuple[datetime, datetime]
) -> ShardResult:
    standings = {each.endpoint.key: each.standing for each in seen}
    keys = [endpoint.key for endpoint in plan.endpoints()]
    left = len(set(keys) - set(standings))
    counts = Counter(standing.value for standing in standings.values())
    counts.update({TargetStanding.NOT_CHECKED.value: left} if left else {})
    named = {each.endpoint.key for each in seen if each.endpoint.named}
    listed = {
        key: standing.value
        for key, standing in standings.items()
        if shard.lists_all or standing not in _QUIET or key in named
    }
    return ShardResult(
        scan=shard.scan, vantage=shard.vantage, run=shard.run, number=shard.number, of=shard.of, attempt=shard.attempt,
        worker=worker, is_complete=not left, counts=dict(counts), standings=listed,
        findings=tuple(finding_to_json(finding) for each in seen for finding in each.findings),
        started_at=to_z(times[0]), ended_at=to_z(times[1]),
    )  # fmt: skip
