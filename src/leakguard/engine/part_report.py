"""What a part of a run tells the one who keeps it."""

from __future__ import annotations

from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.findings import Finding
from leakguard.models.runs import RunState


class PartReport(Frozen):
    """What became known since the last report, and where the part stands now."""

    part: int
    state: RunState
    """Of everything that was told of up to this report."""
    findings: tuple[Finding, ...] = ()
    standings: dict[str, str] = frozen_field(default_factory=dict)
    """Of notable endpoints, by their keys."""
    bugs: dict[str, int] = frozen_field(default_factory=dict)
    """Bugs of ours, each with the number of endpoints that were not checked because of it."""
    in_flight: int = 0
    waiting: int = 0
    connections: int = 0
    """Opened since the part was started or resumed."""
    is_lost: bool = False
    """Whether nobody answers any more, not even those who did."""
    slowest: tuple[tuple[str, float], ...] = ()
    """Targets that are being examined, with the seconds so far; the slowest first."""
