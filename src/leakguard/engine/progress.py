"""The progress of a run: the last reports of its parts, combined for display."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from leakguard.engine.part_report import PartReport
from leakguard.models.scan_state import ScanState
from leakguard.scanning.tally import Tally

STATE_EVERY_SECONDS = 0.25
"""The least time between two states; a part that finds much reports far more often."""
MOST_SLOW_TARGETS = 3
"""How many of the slowest targets a state has."""


@dataclass(slots=True, kw_only=True)
class RunProgress:
    """Keeps the last report of each part."""

    tally: Tally
    monotonic: Callable[[], float]
    _last: dict[int, PartReport] = field(default_factory=dict)
    _due: float = float("-inf")

    def take(self, report: PartReport) -> ScanState | None:
        """Keep a report; return the state of the run, at most once every `STATE_EVERY_SECONDS`, else `None`."""
        self._last[report.part] = report
        now = self.monotonic()
        if now < self._due:
            return None
        self._due = now + STATE_EVERY_SECONDS
        reports = self._last.values()
        slowest = sorted((target for each in reports for target in each.slowest), key=lambda target: -target[1])
        return self.tally.state(
            now, in_flight=sum(each.in_flight for each in reports), waiting=sum(each.waiting for each in reports),
            connections=self.connections, slowest=tuple(slowest[:MOST_SLOW_TARGETS]),
        )  # fmt: skip

    def last(self) -> ScanState:
        """The state after the end of the run."""
        return self.tally.state(self.monotonic(), connections=self.connections)

    @property
    def connections(self) -> int:
        """Connections that all parts opened."""
        return sum(each.connections for each in self._last.values())
