"""Runs as the ledger tells of them: how each was started, and what it takes to go on with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from leakguard.engine.examination import EndpointStatus
from leakguard.errors import NotFound
from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.ledger.canonical import to_ascii
from leakguard.ledger.stored_findings import finding_line
from leakguard.models.findings import Finding, Outcome, Severity, is_resource
from leakguard.models.glances import Glance
from leakguard.models.runs import RunState
from leakguard.models.scan_state import BindingLimit
from leakguard.models.scope import OwnerPermission
from leakguard.ports import ScanStore
from leakguard.scanning.crowds import GENERAL, MOST, crowded, suspected
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.plan import unresolved_names
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.run_pace import last_pace
from leakguard.use_cases.scans.shard_counts import shard_counts
from leakguard.use_cases.scans.withdrawals import WithdrawnShards, withdrawn_of


class RunFindings:
    """Implements `scanning.run_findings.Found` over a store, and adds the suspicion of a crowded address."""

    def __init__(self, store: ScanStore, run: str) -> None:
        self._store = store
        self._run = run

    def __iter__(self) -> Iterator[Finding]:
        """Read a page at a time."""
        return (self._as_kept(finding) for finding in self._store.findings(self._run))

    def __len__(self) -> int:
        """How many there are."""
        return sum(self.outcomes.values())

    def __contains__(self, finding: object) -> bool:
        """Whether it is one of them, with the suspicion that it may be under."""
        return isinstance(finding, Finding) and finding in self.some([finding.id])

    def glances(self) -> Iterator[Glance]:
        """See `scanning.run_findings.Found.glances`."""
        found = self._store.glances(self._run)
        gone = self._withdrawn
        if not gone.shards:
            return found
        return (
            glance._replace(outcome=Outcome.INCONCLUSIVE, severity=Severity.NONE)
            if gone.has(glance.address)
            else glance
            for glance in found
        )

    def lines(self) -> Iterator[str]:
        """What is stored goes straight through; a finding in a crowd, or one that is withdrawn, is written anew."""
        crowds, gone = self._crowds, self._withdrawn
        is_changed = crowds or gone.shards
        changed = {
            glance.id
            for glance in (self.glances() if is_changed else ())
            if glance.address in crowds or gone.has(glance.address)
        }
        for text in self._store.texts(self._run):
            if text.id in changed:
                yield from map(finding_line, self.some([text.id]))
            else:
                yield to_ascii(text.text)

    def some(self, ids: Sequence[str]) -> Iterator[Finding]:
        """See `scanning.run_findings.Found.some`."""
        return (self._as_kept(finding) for finding in self._store.findings(self._run, ids=ids))

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """See `scanning.run_findings.Found.outcomes`."""
        if self._withdrawn.shards:
            return Counter(glance.outcome for glance in self.glances())
        return self._store.outcomes(self._run)

    def _as_kept(self, finding: Finding) -> Finding:
        return self._withdrawn.applied_to(suspected(finding, self._crowds))

    @cached_property
    def _withdrawn(self) -> WithdrawnShards:
        return withdrawn_of(self._store, self._run)

    @cached_property
    def _crowds(self) -> Mapping[str, int]:
        return crowded(self._store.crowds(self._run, beyond=MOST, apart_from=GENERAL))


class StoredRun(Frozen):
    """A run that was started once."""

    id: str
    targets: tuple[str, ...]
    is_finished: bool
    planned: int
    """How many endpoints the plan had, at most."""
    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    """Why endpoints could not be asked, and how many each time."""
    findings: RunFindings
    unsettled: Mapping[str, int] = frozen_field(default_factory=dict)
    """By reason code: how many of the protected endpoints may be open all the same."""
    leave: OwnerPermission | None = None
    """By whose leave products' own administrative accounts were asked once; nothing where nobody gave one."""
    industrial: OwnerPermission | None = None
    """By whose leave industrial devices were asked; nothing where nobody gave one."""
    ports_left_out: tuple[int, ...] = ()
    """Ports of industrial devices that were requested and not asked."""
    unresolved: tuple[str, ...] = ()
    """Names of targets that had no address."""
    left_out: tuple[LeftOut, ...] = ()
    """Names of which some addresses were not looked at."""
    pace: BindingLimit | None = None
    """What kept it from going faster, as far as the ledger tells."""

    @property
    def not_reached(self) -> int:
        """Endpoints that it did not come to, as it was stopped or still runs."""
        return 0 if self.is_finished else max(0, self.planned - sum(self.counts.values()))

    @property
    def not_looked_at(self) -> int:
        """Endpoints of its plan that it says nothing of: it did not come to them, or got no clear answer."""
        return self.not_reached + self.counts.get(EndpointStatus.NOT_CHECKED, 0)

    @property
    def is_whole(self) -> bool:
        """Whether it can tell that something is not there."""
        return self.is_finished and not self.not_looked_at

    @property
    def can_go_on(self) -> bool:
        """Whether `--resume` takes it up; a look at accounts is begun anew."""
        return not self.is_finished and not any(map(is_resource, self.targets))

    @property
    def noun(self) -> str:
        """What its counts count."""
        return "resource" if any(map(is_resource, self.targets)) else "endpoint"


def load_run(store: ScanStore, run: str) -> StoredRun:
    """Raises `NotFound`."""
    started = next(store.of_kinds(["run_started"], run), None)
    if started is None:
        raise _unknown(store, run)
    content: Mapping[str, Any] = started.content
    states = tuple(store.run_states(run).values())
    planned, is_finished = content.get("planned", 0), any(store.of_kinds(["run_finished"], run))
    if "order_key" in content:
        counts = shard_counts(store, run, planned=planned, is_finished=is_finished)
    else:
        counts = _counts(states, dict(store.done_targets(run)), is_finished=is_finished)
    return StoredRun(
        id=run, targets=tuple(content["targets"]), is_finished=is_finished,
        planned=planned, findings=RunFindings(store, run), counts=counts, reasons=reasons_of(states),
        unsettled=unsettled_of(states), leave=OwnerPermission.from_json(content.get("default_accounts")),
        industrial=OwnerPermission.from_json(content.get("industrial")),
        ports_left_out=tuple(content.get("ports_left_out", ())),
        unresolved=_unresolved(content), left_out=tuple(LeftOut(**each) for each in content.get("left_out", ())),
        pace=last_pace(store, run),
    )  # fmt: skip


def _unknown(store: ScanStore, run: str) -> NotFound:
    """A scan by the fleet is known by an id of its own, which begins those of its runs."""
    fleet_scan = next(store.of_kinds(["fleet_scan_started"], run), None)
    if fleet_scan is None:
        return NotFound(f"the store has no run `{run[:60]}`", next_step="List the runs: leakguard scan show")
    return NotFound(
        f"`{run[:60]}` is a scan by the fleet, which has a run for each vantage",
        next_step=f"Name one of them: {', '.join(fleet_scan.content['runs'].values())}",
    )


def _unresolved(content: Mapping[str, Any]) -> tuple[str, ...]:
    """A look at accounts resolves no name, and its targets are none of ours."""
    resolved = content.get("resolved")
    return () if resolved is None else unresolved_names(map(parse_target, content["targets"]), resolved)


def _counts(states: Collection[RunState], done: Mapping[str, str], *, is_finished: bool) -> Mapping[str, int]:
    """How the endpoints of a run stand, each counted once; what a finished run left pending could not be asked.

    A run of an earlier release has no states, and names every endpoint that is done.
    """
    if not states:
        return Counter(done.values())
    counts = sum((Counter(state.counts) for state in states), Counter[str]())
    if is_finished:
        counts[EndpointStatus.NOT_CHECKED] += sum(len(state.pending) for state in states)
    return +counts


def unsettled_of(states: Iterable[RunState]) -> Mapping[str, int]:
    """How many protected endpoints may be open all the same, by reason code, in all parts together."""
    return dict(sum((Counter(state.unsettled) for state in states), Counter[str]()))


def reasons_of(states: Iterable[RunState]) -> Mapping[str, int]:
    """Why endpoints could not be asked, over all parts of a run."""
    return dict(sum((Counter(state.reasons) for state in states), Counter[str]()))


class ListedRun(Frozen):
    """A run in the list of all."""

    id: str
    started_at: datetime
    is_finished: bool
    """False of one that was stopped, and of one that goes on now."""
    targets: tuple[str, ...]
    is_running: bool = False
    """Whether a living process holds it."""
    sequence: int = 0
    """Of the entry that began it."""
    by: str = ""
    """The name of who began it, as far as the ledger tells."""

    @property
    def line(self) -> str:
        """Id, time, whether it finished, the first targets."""
        state = "finished" if self.is_finished else "running" if self.is_running else "stopped"
        return f"{self.id}  {self.started_at:%Y-%m-%d %H:%M:%SZ}  {state:<8}  {', '.join(self.targets)[:60]}"


def list_runs(store: ScanStore) -> Iterator[ListedRun]:
    """All runs, the oldest first."""
    finished = {record.subject for record in store.of_kinds(["run_finished"])}
    running = frozenset(store.runs_at_work())
    for record in store.of_kinds(["run_started"]):
        yield ListedRun(
            id=record.subject, started_at=record.recorded_at, is_finished=record.subject in finished,
            targets=tuple(record.content["targets"]), is_running=record.subject in running,
            sequence=record.sequence, by=str((record.content.get("recorded_by") or {}).get("name") or ""),
        )  # fmt: skip
