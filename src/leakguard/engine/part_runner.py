"""Runs the parts of a run, each with its share of the endpoints (`scanning.space.Space`) and a prober of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.earlier_runs import EarlierRuns
from leakguard.engine.examiner import Examiner, ResultObserver, ignore_results
from leakguard.engine.inspection_options import NO_INSPECTION, InspectionOptions
from leakguard.engine.part_report import PartReport
from leakguard.engine.part_run import PartRun
from leakguard.models.runs import RunState
from leakguard.models.scope import Limits
from leakguard.ports import Prober, Sampler
from leakguard.scanning.gate import Gate
from leakguard.scanning.order import order_of
from leakguard.scanning.plan import Plan
from leakguard.scanning.quiet_hours import QuietWatch, is_in_force

if TYPE_CHECKING:
    from leakguard.engine.inspection import Inspection
    from leakguard.sensitivity.book import KindBook

SMALL = 4_096
"""The most endpoints of a plan for which the status of every endpoint is stored."""


class PartTools(Protocol):
    """What a part needs from the outside."""

    def prober(self, gate: Gate, limits: Limits, *, timeout: float | None = None, shared: object = None) -> Prober:
        """The prober, which alone opens connections; `shared` is what `shared_total` returned."""

    def shared_total(self) -> object:
        """A shared limit of the total rate, for all processes that are started after this call."""

    def kind_book(self) -> KindBook:
        """The definitions of kinds of data, which are read at the first call."""

    def sampler(self, gate: Gate, limits: Limits, *, beside: Prober) -> Sampler:
        """The sampler, which alone reads records, and only from what the gate permits.

        Its connections count against the same limits as those of `beside`.
        """

    def now(self) -> datetime:
        """The time, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


@dataclass(slots=True, kw_only=True)
class PartRunner:
    """Runs the parts of one run, with what they share, computed once before processes are forked."""

    plan: Plan
    library: tuple[CheckDefinition, ...]
    run: str
    vantage: str
    part_count: int
    tools: PartTools
    limits: Limits
    timeout: float | None
    earlier: EarlierRuns
    inspection_options: InspectionOptions = NO_INSPECTION
    """How closely open data stores are inspected; the caller checked that sampling is permitted."""
    on_results: ResultObserver | None = None
    """Called with the results of each round; see `Examiner.on_results`."""
    _shared: object = field(init=False)
    _random_word: str = field(init=False)

    def __post_init__(self) -> None:
        self._shared = self.tools.shared_total() if self.part_count > 1 else None
        self._random_word = self.tools.token(12)

    async def run_part(self, part: int, state: RunState, report: Callable[[PartReport], None]) -> bool:
        """Run one part from a state on; returns whether it finished."""
        space = self.plan.space.part(part, self.part_count) if self.part_count > 1 else self.plan.space
        prober = self.tools.prober(
            self.plan.gate, self.limits.of_part(self.part_count), timeout=self.timeout, shared=self._shared
        )
        return await PartRun(
            part=part, space=space, order=order_of(space.size, f"{self.run}/{part}"), examiner=self._examiner(prober),
            prober=prober, reports_all=self.plan.count <= SMALL, once_open=self.earlier.once_open, report=report,
            monotonic=self.tools.monotonic, may_go_on=self._may_go_on(), initial_state=state,
        ).run()  # fmt: skip

    def _may_go_on(self) -> Callable[[], bool]:
        """Whether the scope still permits the run, which may last into quiet hours or beyond the scope's last day."""
        scope, now = self.plan.gate.scope, self.tools.now
        quiet_at = QuietWatch(scope)
        return lambda: is_in_force(scope, moment := now()) and quiet_at(moment) is None

    def _examiner(self, prober: Prober) -> Examiner:
        return Examiner(
            prober=prober, library=self.library, gate=self.plan.gate, run=self.run, vantage=self.vantage,
            now=self.tools.now, random_word=self._random_word,
            first_open_at=self.earlier.first_open_at, most_records=self.earlier.most_records,
            kind_definitions=self.tools.kind_book, inspection=self._inspection(prober),
            on_results=self.on_results or ignore_results,
        )  # fmt: skip

    def _inspection(self, prober: Prober) -> Inspection | None:
        if not self.inspection_options:
            return None
        from leakguard.engine.inspection import Inspection  # noqa: PLC0415  (few scans look closer)

        gate, limits, sampler = self.plan.gate, self.limits.of_part(self.part_count), None
        if self.inspection_options.sample:
            sampler = self.tools.sampler(gate, limits, beside=prober)
        return Inspection(
            options=self.inspection_options,
            kind_definitions=self.tools.kind_book,
            random_word=self._random_word,
            sampler=sampler,
        )
