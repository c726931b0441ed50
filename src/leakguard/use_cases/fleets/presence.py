"""Who is there: calls to all workers of a vantage, and what they answer. Also while they are at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leakguard.checks.definitions import CheckDefinition
from leakguard.errors import LeakGuardError, UsageProblem
from leakguard.fleet.dispatch import SKEW
from leakguard.fleet.messages import message_text
from leakguard.frozen import Frozen, as_dict
from leakguard.models.fleet import Message, Present, Refusal, RollCall, ShardResult
from leakguard.models.moments import from_z, to_z
from leakguard.use_cases.fleets.fleet_requests import FleetRequest
from leakguard.use_cases.fleets.fleet_tools import Arrival, Courier, FleetTools, VantageRun
from leakguard.use_cases.fleets.serve_fleet import answer_in

CALLS_IN_A_LEASE = 5
"""So that one lost call or answer makes nobody seem away."""


@dataclass(slots=True)
class Calls:
    """Calls again and again, so that workers that come and go are known."""

    _next: datetime | None = None
    _began: datetime | None = None
    _empty: set[str] = field(default_factory=set)
    """The vantages of which a person was told that nobody is there."""

    def repeat(self, request: FleetRequest, tools: FleetTools, courier: Courier) -> None:
        """Call all vantages of a scan when it is time for it."""
        now = tools.now()
        if self._next is not None and now < self._next:
            return
        self._next = now + timedelta(seconds=tools.fleet.lease_seconds / CALLS_IN_A_LEASE)
        for vantage in request.vantages:
            call(vantage, request.scan, request.checks, tools, courier)

    def tell_empty(self, runs: Sequence[VantageRun], tools: FleetTools, tell: Callable[[str], None]) -> None:
        """Tell once of each vantage with work left that nobody was heard of for a lease; arrivals are told as such."""
        now = tools.now()
        self._began = self._began or now
        if now - self._began <= timedelta(seconds=tools.fleet.lease_seconds) + SKEW:
            return
        for run in runs:
            if run.lane.present(now):
                self._empty.discard(run.vantage)
            elif not run.lane.is_over and run.vantage not in self._empty:
                self._empty.add(run.vantage)
                tell(
                    f"No worker of {run.vantage} is there any more, and its shards wait for one. Start one there: "
                    f"leakguard fleet worker --vantage {run.vantage}"
                )


def call(vantage: str, scan: str, checks: tuple[str, ...], tools: FleetTools, courier: Courier) -> None:
    """Ask everybody at a vantage to say that they are there; the answers come with those of the scan."""
    until = tools.now() + timedelta(seconds=tools.fleet.lease_seconds)
    order = RollCall(scan=scan, vantage=vantage, not_after=to_z(until), checks=checks)
    courier.call(vantage, tools.seal.close(*message_text(order)))


def hear_worker(
    run: VantageRun, message: Message, tools: FleetTools, tell: Callable[[str], None], *, signer: str
) -> None:  # fmt: skip
    """Let a vantage know of a worker that answered anything; a person is told of each new one."""
    now = tools.now()
    if isinstance(message, ShardResult):
        run.lane.touch(message.worker, now, signer=signer)
    if isinstance(message, ShardResult) and not message.is_complete and message.cut_short_by == "network_lost":
        _tell_cut_off(run, message.worker, tell)
    if isinstance(message, Present) and run.lane.hear(message.worker, message.slots, now, signer=signer):
        there, most = len(run.lane.present(now)), run.lane.workers
        are = "worker of {} is" if there == 1 else "workers of {} are"
        at_once = "1 shard is" if most == 1 else f"{most} shards are"
        tell(f"{there} {are.format(run.vantage)} there, at most {at_once} looked at at once")
    if isinstance(message, Refusal) and message.number is None and message.worker not in run.lane.refusing:
        run.lane.refusing.add(message.worker)
        tell(f"The worker {message.worker} of {run.vantage} refuses: {message.reason}")


def _tell_cut_off(run: VantageRun, worker: str, tell: Callable[[str], None]) -> None:
    if worker not in run.cut_off:
        run.cut_off.add(worker)
        tell(
            f"Nobody answers the worker {worker} of {run.vantage} any more, not even hosts that did: look whether its "
            "network is gone, or whether something shuts it out"
        )


@dataclass(slots=True)
class DroppedAnswers:
    """Tells of answers that cannot be believed, each reason once: a worker that nobody trusts else looks like none."""

    tell: Callable[[str], None]
    _reported: set[str] = field(default_factory=set)

    def unless_read(self, arrival: Arrival, tools: FleetTools) -> tuple[Message, str] | None:
        """The message in an answer and who signed it; what cannot be believed is told, and settled."""
        try:
            return answer_in(tools.seal, arrival.value)
        except LeakGuardError as error:
            line = f"An answer was dropped: {' '.join(f'{error.message}. {error.next_step}'.split())[:300]}"
        arrival.settle()
        if line not in self._reported:
            self._reported.add(line)
            self.tell(line)
        return None


class WorkerStatus(Frozen):
    """A worker that answered."""

    vantage: str
    worker: str
    signer: str
    version: str = ""
    slots: int = 0
    at_hand: tuple[str, ...] = ()
    clock_seconds: float | None = None
    """How far its clock is ahead of ours."""
    problem: str = ""
    """Why it would do no work for us."""

    @property
    def row(self) -> dict[str, object]:
        """Every field by its name."""
        return as_dict(self)


class FleetStatus(Frozen):
    """Who answered within some seconds."""

    vantages: tuple[str, ...]
    workers: tuple[WorkerStatus, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The vantages where nobody is who would do any work."""
        there = {worker.vantage for worker in self.workers if not worker.problem}
        return tuple(vantage for vantage in self.vantages if vantage not in there)


def fleet_status(
    vantages: tuple[str, ...], tools: FleetTools, *, seconds: float, tell: Callable[[str], None] = lambda _: None
) -> FleetStatus:
    """Call the workers of some vantages, or of all that [fleet.trusted] names; raises `FleetUnreachable`."""
    dropped = DroppedAnswers(tell)
    wanted = vantages or trusted_vantages(tools.fleet.trusted)
    if not wanted:
        raise UsageProblem(
            "no key in [fleet.trusted] names a vantage", next_step="Name one: leakguard fleet status --vantage campus"
        )
    scan = f"S-{tools.now():%Y%m%d}-{tools.token(6)}"
    courier = tools.courier(scan)
    found: dict[tuple[str, str], WorkerStatus] = {}
    try:
        courier.receive(0)  # the queue of answers is there before anybody answers
        for vantage in wanted:
            call(vantage, scan, checks_of(tools.checks), tools, courier)
        end = tools.now() + timedelta(seconds=seconds)
        while (left := (end - tools.now()).total_seconds()) > 0:
            arrival = courier.receive(left)
            if arrival is None:
                continue
            if (read := dropped.unless_read(arrival, tools)) is None:
                continue
            if (status := _status_in(*read, scan, tools)) is not None:
                found[status.vantage, status.worker] = status
            arrival.settle()
    finally:
        courier.close(is_finished=True)
    return FleetStatus(vantages=wanted, workers=tuple(found[key] for key in sorted(found)))


def trusted_vantages(trusted: Mapping[str, str]) -> tuple[str, ...]:
    """The vantages that are named behind keys, each once."""
    named = (entry.partition(" ")[2].split(",") for entry in trusted.values())
    return tuple(dict.fromkeys(name for names in named for name in names if name))


def checks_of(library: tuple[CheckDefinition, ...]) -> tuple[str, ...]:
    """`id@version` of each check."""
    return tuple(f"{definition.id}@{definition.version}" for definition in library)


def _status_in(message: Message, signer: str, scan: str, tools: FleetTools) -> WorkerStatus | None:
    if message.scan != scan:
        return None
    if isinstance(message, Refusal):
        return WorkerStatus(
            vantage=message.vantage, worker=message.worker, signer=signer, version=message.release,
            problem=message.reason,
        )  # fmt: skip
    if not isinstance(message, Present):
        return None
    ahead = (from_z(message.clock) - tools.now()).total_seconds() if message.clock else None
    return WorkerStatus(
        vantage=message.vantage, worker=message.worker, signer=signer, version=message.release, slots=message.slots,
        at_hand=message.at_hand, clock_seconds=ahead,
    )  # fmt: skip
