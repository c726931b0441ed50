"""The state of a running scan, as those see it who watch: people, monitors, scripts."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.frozen import Frozen, field

STANDINGS = ("exposed", "protected", "other", "closed", "silent", "not_checked")
"""How an endpoint may stand in the end; see `engine.examination.EndpointStatus`."""


class BindingLimit(Frozen):
    """The limit that makes a run take so long, and the pace that it allows."""

    limit: str
    """The field of `models.scope.Limits`: `total`, `per_host`, `per_network`, `per_name`."""
    rate: float
    """Connections a second that it lets through, to the one address, network or name that needs it most."""
    allows: float
    """Connections a second in all, as an average over the run, where every endpoint gets one connection."""
    least_seconds: float
    """How long the run takes at least."""
    asked: float | None = None
    """Connections a second in all that were asked for by `--rate`."""


class ScanState(Frozen):
    """How far a run is at one moment. Made a few times a second, never once for each endpoint."""

    run: str = ""
    """The id of the run."""
    planned: int
    """Endpoints of the plan; more than will be looked at where the scope excludes some of them."""
    done: int
    """Endpoints that have ended, those of an interrupted run before a resume among them."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How the endpoints that are done stand, by standing; they add up to `done`."""
    in_flight: int = 0
    """Endpoints that are being looked at."""
    waiting: int = 0
    """Endpoints that were found listening and wait for their verdict."""
    open_found: int = 0
    """Findings of this run that are exposed or partially exposed."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """All findings of this run, by outcome."""
    by_severity: Mapping[str, int] = field(default_factory=dict)
    """Those of `open_found`, by severity."""
    connections: int | None = None
    """Connections opened so far; `None` where nobody counts them."""
    elapsed_seconds: float = 0.0
    """Since this run was started or resumed."""
    rate_per_second: float = 0.0
    """Endpoints done a second, lately."""
    binding_limit: BindingLimit | None = None
    """What keeps the run from going faster."""
    unsettled: Mapping[str, int] = field(default_factory=dict)
    """By reason code: how many of the protected endpoints may be open all the same."""
    seconds_left: float | None = None
    """By that rate; `None` before there is one."""
    slowest: tuple[tuple[str, float], ...] = ()
    """The targets that have been looked at for longest and are not done, with the seconds so far; the longest first."""
