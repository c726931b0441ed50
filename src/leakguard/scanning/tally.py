"""The tally of a run: counts what ended, and tells the state of the run when somebody asks."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leakguard.models.findings import Finding
from leakguard.models.glances import Glance
from leakguard.models.scan_state import BindingLimit, ScanState
from leakguard.scanning.diff import OPEN

RATE_WINDOW_SECONDS = 10.0
"""How far back the rate looks: long enough to be steady, short enough to show that a network got slower."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """Adds up one run. Moments are seconds of one clock that only ever grows."""

    run: str
    planned: int
    began: float
    binding_limit: BindingLimit | None = None
    counts: Counter[str] = field(default_factory=Counter)
    """How endpoints stand; a resumed run begins with those of the part before."""
    unsettled: Mapping[str, int] = field(default_factory=dict)
    """By reason code: protected endpoints that may be open all the same."""
    outcomes: Counter[str] = field(default_factory=Counter)
    by_severity: Counter[str] = field(default_factory=Counter)
    open_found: int = 0
    _samples: deque[tuple[float, int]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """What was done before is no speed of this part."""
        self._samples.append((self.began, self.done))

    @property
    def done(self) -> int:
        """Endpoints that have ended."""
        return self.counts.total()

    def found(self, findings: Iterable[Finding]) -> None:
        """These were found, at endpoints that are counted in `counts` by themselves."""
        for finding in findings:
            verdict = finding.verdict
            self.outcomes[verdict.outcome.value] += 1
            if verdict.outcome in OPEN:
                self.open_found += 1
                self.by_severity[verdict.severity.value] += 1

    def found_before(self, glances: Iterable[Glance]) -> None:
        """What an earlier part of the run found is found."""
        for glance in glances:
            self.outcomes[glance.outcome.value] += 1
            if glance.outcome in OPEN:
                self.open_found += 1
                self.by_severity[glance.severity.value] += 1

    def state(
        self, now: float, *, in_flight: int = 0, waiting: int = 0, connections: int | None = None,
        slowest: tuple[tuple[str, float], ...] = (),
    ) -> ScanState:  # fmt: skip
        """The state at `now`; of what is under way others keep the books."""
        rate = self._rate(now)
        left = max(0, self.planned - self.done)
        return ScanState(
            run=self.run, planned=self.planned, done=self.done, counts=dict(self.counts), in_flight=in_flight,
            waiting=waiting, open_found=self.open_found, outcomes=dict(self.outcomes),
            by_severity=dict(self.by_severity), unsettled=dict(self.unsettled),
            connections=connections, elapsed_seconds=max(0.0, now - self.began),
            rate_per_second=rate, seconds_left=left / rate if rate else None, slowest=slowest,
            binding_limit=self.binding_limit,
        )  # fmt: skip

    def _rate(self, now: float) -> float:
        """Endpoints a second since the oldest sample of the window."""
        self._samples.append((now, self.done))
        while len(self._samples) > 2 and now - self._samples[1][0] >= RATE_WINDOW_SECONDS:  # noqa: PLR2004  (a rate needs two)
            self._samples.popleft()
        since, before = self._samples[0]
        return (self.done - before) / (now - since) if now > since else 0.0
