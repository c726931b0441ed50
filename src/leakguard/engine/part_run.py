"""One part of a run in one event loop: a sweep finds open ports, first contacts and examinations judge them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.engine.examiner import Examiner
from leakguard.engine.first_contact import FirstContact
from leakguard.engine.heartbeat import Heartbeat
from leakguard.engine.part_report import PartReport
from leakguard.engine.unchecked import UncheckedEndpoints
from leakguard.models.findings import Finding
from leakguard.models.observations import Ending
from leakguard.models.runs import RunState
from leakguard.models.targets import Endpoint, SweepEndpoint, endpoint_key
from leakguard.ports import Contact, PortConversation, Prober, RunningSweep
from leakguard.scanning.order import Order
from leakguard.scanning.space import Space

QUEUE = 256
"""How many endpoints may wait for an examination before the sweep pauses."""
REPORT_SECONDS = 0.5
REPORT_RESULTS = 500
"""How many findings or statuses may wait for a report; each report is one transaction."""
BLOCKED_IN_A_ROW = 1_000
"""After so many endpoints in a row that could not be probed, the run stops: this machine's network is gone."""
INTERRUPTION_SECONDS = 1.0
"""After a longer interruption of this machine, silence is not evidence: the host may have answered meanwhile."""
_SLOWEST = 5
_UNREPORTED = frozenset({EndpointStatus.CLOSED, EndpointStatus.SILENT})
"""Statuses that are reported only for `named` endpoints and those in `once_open`, or with `reports_all`."""
_UNHEARD = frozenset({EndpointStatus.SILENT, EndpointStatus.NOT_CHECKED})


class _Stopped(Exception):
    """The run must stop now."""


@dataclass(slots=True, kw_only=True)
class PartRun:
    """Runs one part; `run` may be called once. It implements `ports.SweepWatcher` for its own sweep.

    Of a swept endpoint, `swept.number` is its index in the space, and `swept.position` its place in the order.
    """

    part: int
    space: Space
    order: Order
    examiner: Examiner
    prober: Prober
    reports_all: bool
    """Whether the status of every endpoint is reported, even of closed and silent ones."""
    once_open: frozenset[str]
    """The keys of endpoints that were open in an earlier run, so that their status is always reported."""
    report: Callable[[PartReport], None]
    monotonic: Callable[[], float]
    may_go_on: Callable[[], bool]
    initial_state: RunState
    _counts: Counter[str] = field(default_factory=Counter)
    _unsettled: Counter[str] = field(default_factory=Counter)
    _findings: list[Finding] = field(default_factory=list)
    _statuses: dict[str, str] = field(default_factory=dict)
    _bugs: Counter[str] = field(default_factory=Counter)
    _unchecked: UncheckedEndpoints = field(default_factory=UncheckedEndpoints)
    _queue: asyncio.Queue[SweepEndpoint] = field(default_factory=asyncio.Queue)
    _to_be_concluded: dict[int, tuple[float, bool]] = field(default_factory=dict)
    """By position that waits or is examined: the seconds that the host had so far, and whether it took a connection."""
    _under_examination: dict[int, tuple[str, float]] = field(default_factory=dict)
    """By position under examination: its target, and when the examination began."""
    _undrawn: list[int] = field(default_factory=list)
    """Positions that a stopped run left pending and the sweep has not drawn yet; the next one is last."""
    _is_due: asyncio.Event = field(default_factory=asyncio.Event)
    _sweep: RunningSweep = field(init=False)
    _named_size: int = 0
    _blocked: int = 0
    _is_network_lost: bool = False
    _report_failed: bool = False
    """True while a report is delivered; it stays true if that raised, and then no further report is sent."""
    _heart: Heartbeat = field(default_factory=Heartbeat)

    async def run(self) -> bool:
        """Probe all that is not done; `False` if it had to stop or was cancelled. What is known by then is reported."""
        self._counts.update(self.initial_state.counts)
        self._unsettled.update(self.initial_state.unsettled)
        self._unchecked.add_counted(self.initial_state.counted_reasons)
        self._named_size = self.space.named_size
        self._undrawn += reversed(self.initial_state.pending)
        self._sweep = self.prober.sweep(self._endpoints(), self, first=self.initial_state.next_position)
        self._heart.start()
        try:
            await self._run_all()
        except asyncio.CancelledError:
            return False
        except BaseExceptionGroup as several:
            if (errors := several.split(_Stopped)[1]) is not None:
                raise errors.exceptions[0] from several
            return False
        finally:
            self._heart.stop()
            if not self._report_failed:
                self._report()
        return True

    async def _run_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(self._examine_all()) for _ in range(self.prober.max_parallel)]
            helpers.append(group.create_task(self._report_often()))
            await self._sweep.run()
            await self._queue.join()
            for helper in helpers:
                helper.cancel()

    def _endpoints(self) -> Iterator[SweepEndpoint]:
        """The endpoints that a stopped run left pending, then all after its last position."""
        return chain(self._left_over(), self.space.sweep_endpoints(self.order, self.initial_state.next_position))

    def _left_over(self) -> Iterator[SweepEndpoint]:
        """The pending endpoints of a stopped run; each stays in `_undrawn` until the sweep draws it."""
        while self._undrawn:
            if (swept := self._endpoint_at(self._undrawn.pop())) is not None:
                yield swept

    def _endpoint_at(self, position: int) -> SweepEndpoint | None:
        if (index := self.order.at(position)) is None:
            return None
        endpoint = self.space.endpoint(index)
        return SweepEndpoint(position, index, endpoint.address, endpoint.port)

    def named(self, swept: SweepEndpoint) -> Endpoint | None:
        """The endpoint, unless it is in a range without a named port; see `ports.SweepWatcher`."""
        return self.space.endpoint(swept.number) if swept.number < self._named_size else None

    def contact(self, swept: SweepEndpoint) -> Contact | None:
        """The questions to ask on the connection of the sweep, if any; see `ports.SweepWatcher`."""
        return self.examiner.contact(self.space.endpoint(swept.number))

    def exposed_before(self, endpoints: Sequence[SweepEndpoint]) -> Sequence[SweepEndpoint]:
        """Those with a data store that an earlier run found open; see `ports.SweepWatcher`."""
        return [swept for swept in endpoints if self._key(swept) in self.once_open] if self.once_open else ()

    def refused(self, endpoints: Sequence[SweepEndpoint]) -> None:
        """Count them as closed; see `ports.SweepWatcher`."""
        self._blocked = 0
        self._counts[EndpointStatus.CLOSED] += len(endpoints)
        if self.reports_all or self.once_open or self._named_size:
            for swept in endpoints:
                self._note(swept, EndpointStatus.CLOSED)

    def ended(self, swept: SweepEndpoint, ended: Ending, why: str = "") -> None:
        """Count an endpoint without a connection; a named or resetting one is examined. See `ports.SweepWatcher`."""
        if ended is Ending.BLOCKED:
            self._blocked += 1
            self._unchecked.remember(swept.position, why)
        elif self.named(swept) is not None or ended is Ending.RESET:  # only a host that took a connection can reset it
            self.opened(swept, is_connected=ended is Ending.RESET)
        elif ended is Ending.SPENT:
            self._postpone(swept, why)
        else:
            self._blocked = 0
            self._counts[EndpointStatus.SILENT] += 1
            self._note(swept, EndpointStatus.SILENT)

    def network_lost(self) -> None:
        """Note that this machine's network is gone, which stops the run; see `ports.SweepWatcher`."""
        self._is_network_lost = True
        self._is_due.set()

    def opened(self, swept: SweepEndpoint, *, is_connected: bool = False) -> None:
        """Queue an open endpoint for examination; see `ports.SweepWatcher`."""
        self._queue_for_examination(swept, 0.0, is_connected=is_connected)

    def _queue_for_examination(self, swept: SweepEndpoint, spent: float, *, is_connected: bool) -> None:
        self._blocked = 0
        self._to_be_concluded[swept.position] = spent, is_connected
        self._queue.put_nowait(swept)
        if self._queue.qsize() >= QUEUE:
            self._sweep.pause()

    def talked(self, swept: SweepEndpoint, conversation: PortConversation) -> None:
        """Conclude from a first contact, or queue the endpoint; see `ports.SweepWatcher`."""
        contact = conversation.contact
        if isinstance(contact, FirstContact) and conversation.is_whole and self.examiner.is_decided(contact):
            self._blocked = 0
            self._keep(swept, self.examiner.decided(contact))
        else:
            self._queue_for_examination(swept, conversation.seconds, is_connected=True)

    def broke(self, swept: SweepEndpoint, error: Exception) -> None:
        """Record a bug that an endpoint triggered in the sweep; see `ports.SweepWatcher`."""
        self._blocked = 0
        self._keep(swept, self.examiner.broken(error))

    async def _examine_all(self) -> None:
        while True:
            swept = await self._queue.get()
            if not self.may_go_on():
                raise _Stopped
            if self._queue.qsize() <= QUEUE // 2:
                self._sweep.resume()
            endpoint, before = self.space.endpoint(swept.number), self._interrupted_seconds()
            self._under_examination[swept.position] = (endpoint.target, self.monotonic())
            try:
                spent, did_connect = self._to_be_concluded[swept.position]
                examination = await self.examiner.examine(
                    endpoint, spent=spent, did_connect=did_connect, was_exposed=bool(self.exposed_before((swept,)))
                )
            finally:
                del self._under_examination[swept.position]
            if examination.status in _UNHEARD and await self._was_interrupted(before):
                self._queue.put_nowait(swept)  # silence is not evidence then
            else:
                self._keep(swept, examination)
                del self._to_be_concluded[swept.position]
            self._queue.task_done()

    def _interrupted_seconds(self) -> float:
        """Total seconds in which this machine or process was suspended or its network was down; compare differences."""
        return self.prober.slept() + self._heart.suspended_seconds + self._sweep.network_away_seconds

    async def _was_interrupted(self, before: float) -> bool:
        """Whether `_interrupted_seconds` has grown since it was `before`, or this machine's network is lost now."""
        if self._interrupted_seconds() - before > INTERRUPTION_SECONDS:
            return True
        if await self._sweep.is_network_lost():
            self.network_lost()
        return self._is_network_lost or self._interrupted_seconds() - before > INTERRUPTION_SECONDS

    def _keep(self, swept: SweepEndpoint, examination: Examination) -> None:
        """Record an examination; one that was not checked, and has no finding, is left to a resumed run."""
        status = examination.status
        if status is EndpointStatus.NOT_CHECKED and not examination.findings:
            self._postpone(swept, examination.why)
        else:
            self._counts[status] += 1
        if examination.unsettled:
            self._unsettled[examination.unsettled] += 1
        self._findings += examination.findings
        if examination.bug:
            self._bugs[examination.bug] += 1
        self._note(swept, status)

    def _postpone(self, swept: SweepEndpoint, why: str) -> None:
        self._blocked = 0
        if not self._unchecked.count_unanswered(swept.position, why):
            self._counts[EndpointStatus.NOT_CHECKED] += 1

    def _note(self, swept: SweepEndpoint, status: EndpointStatus) -> None:
        key = self._key(swept)
        if status not in _UNREPORTED or swept.number < self._named_size or self.reports_all or key in self.once_open:
            self._statuses[key] = status.value
        if len(self._findings) >= REPORT_RESULTS or len(self._statuses) >= REPORT_RESULTS:
            self._is_due.set()

    def _key(self, swept: SweepEndpoint) -> str:
        endpoint = self.named(swept)
        return endpoint.key if endpoint is not None else endpoint_key(swept.address, swept.port, None)

    async def _report_often(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REPORT_SECONDS):  # `wait_for` may swallow the end of the run (gh-86296)
                    await self._is_due.wait()
            self._is_due.clear()
            self._report()
            must_stop = self._is_network_lost or self._blocked >= BLOCKED_IN_A_ROW or self._unchecked.is_too_many
            if must_stop or not self.may_go_on():
                raise _Stopped

    def _report(self) -> None:
        """Report what became known; it is dropped only after delivery, and nothing is reported after a failure."""
        findings, statuses, bugs = tuple(self._findings), dict(self._statuses), dict(self._bugs)
        now = self.monotonic()
        lengths = ((target, now - began) for target, began in self._under_examination.values())
        slowest = sorted(lengths, key=lambda length: -length[1])
        self._report_failed = True
        self.report(
            PartReport(
                part=self.part, state=self._state(), findings=findings, statuses=statuses, bugs=bugs,
                in_flight=self._sweep.in_flight + len(self._under_examination), waiting=self._queue.qsize(),
                connections=self._sweep.connections + self.prober.connections,
                slowest=tuple(slowest[:_SLOWEST]), is_network_lost=self._is_network_lost,
            )
        )  # fmt: skip
        self._report_failed = False
        for delivered in (self._findings, self._statuses, self._bugs):
            delivered.clear()

    def _state(self) -> RunState:
        pending = chain(self._undrawn, self._sweep.pending(), self._to_be_concluded, self._unchecked.positions)
        return RunState(
            next_position=self._sweep.next_position, pending=tuple(sorted(pending)), counts=dict(self._counts),
            reasons=dict(self._unchecked.reasons), unsettled=dict(self._unsettled),
            counted_reasons=dict(self._unchecked.counted_reasons),
        )  # fmt: skip
