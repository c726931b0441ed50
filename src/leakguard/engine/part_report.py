"""What a part of a run reports to the process that stores its results."""

from __future__ import annotations

from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field
from leakguard.models.findings import Finding
from leakguard.models.runs import RunState


class PartReport(Frozen):
    """What became known since the last report, and the present state of the part."""

    part: int
    state: RunState
    """The state that includes everything up to this report."""
    findings: tuple[Finding, ...] = ()
    statuses: dict[str, str] = frozen_field(default_factory=dict)
    """The statuses (values of `EndpointStatus`) of the endpoints that are reported, by their keys."""
    bugs: dict[str, int] = frozen_field(default_factory=dict)
    """Bugs in LeakGuard, each with the number of endpoints that were not checked because of it."""
    in_flight: int = 0
    """Endpoints that are being swept or examined."""
    waiting: int = 0
    """Endpoints that the sweep found and that wait for an examination."""
    connections: int = 0
    """Connections opened since the part was started or resumed."""
    is_network_lost: bool = False
    """Whether this machine has lost its network: nothing answers, not even hosts that did before."""
    slowest: tuple[tuple[str, float], ...] = ()
    """Targets that are being examined, with the seconds so far; the slowest first."""
