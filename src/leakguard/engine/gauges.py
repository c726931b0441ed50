"""The gauges of a run: what its parts told last, put together for those who watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from leakguard.engine.part_report import PartReport
from leakguard.models.scan_state import ScanState
from leakguard.scanning.tally import Tally

MOVED_EVERY_SECONDS = 0.25
"""How often those who watch are told; a part reports far more often where it finds much."""
SLOWEST = 3
"""How many slow targets are told."""


@dataclass(slots=True, kw_only=True)
class Gauges:
    """Knows the last report of each part."""

    tally: Tally
    monotonic: Callable[[], float]
    _last: dict[int, PartReport] = field(default_factory=dict)
    _due: float = float("-inf")

    def take(self, report: PartReport) -> ScanState | None:
        """Remember the report; the state of the whole run when it is time to tell it."""
        self._last[report.part] = report
        now = self.monotonic()
        if now < self._due:
            return None
        self._due = now + MOVED_EVERY_SECONDS
        reports = self._last.values()
        slowest = sorted((one for each in reports for one in each.slowest), key=lambda one: -one[1])
        return self.tally.state(
            now, in_flight=sum(each.in_flight for each in reports), waiting=sum(each.waiting for each in reports),
            connections=self.connections, slowest=tuple(slowest[:SLOWEST]),
        )  # fmt: skip

    def last(self) -> ScanState:
        """The state of a run that is over."""
        return self.tally.state(self.monotonic(), connections=self.connections)

    @property
    def connections(self) -> int:
        """Connections that all parts opened."""
        return sum(each.connections for each in self._last.values())
