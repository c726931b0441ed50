"""Runs, findings, the scope, and scans that are started here."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from leakguard.models.wire import WireFinding
from leakguard.web.shapes.base import Moment, Next


class RunLine(TypedDict):
    """One run of the list."""

    run: str
    started_at: Moment
    finished: bool
    running: bool
    targets: list[str]


class Runs(TypedDict):
    """A page of the runs."""

    schema: Literal["leakguard.runs/1"]
    runs: list[RunLine]
    next: Next


class Way(TypedDict):
    """A way into an open store."""

    finding: str
    target: str


class OpenStore(TypedDict):
    """A store that lies open, counted once however many ways lead to it."""

    datastore: str
    cluster_id: str | None
    severity: str
    records: int | None
    bytes: int | None
    ways: list[Way]


class OpenTotal(TypedDict):
    """What lies open."""

    stores: int
    records: int
    bytes: int
    unsized: int


class LeftOutName(TypedDict):
    """A name of which some addresses were not looked at."""

    name: str
    addresses: int
    out_of_scope: int
    excluded: int
    too_many: int
    unasked_paths: int


class Pace(TypedDict):
    """What kept the run from going faster."""

    binding_limit: str
    limit_per_second: float | int | None
    allows_per_second: float | int
    asked_per_second: float | int | None
    least_seconds: float | int


class ReopenedExposure(TypedDict):
    """What is open although an incident has it as closed."""

    target: str
    check_id: str
    finding: str
    seen_as: str
    incident: str
    closed_at: Moment
    proved: bool
    next: str


class Closed(TypedDict):
    """The look that proved a finding closed."""

    finding: str
    run: str
    at: Moment


class Run(TypedDict):
    """One run with its findings."""

    schema: Literal["leakguard.scan/1"]
    run: str
    interrupted: bool
    endpoints: dict[str, int]
    unresolved: list[str]
    left_out: list[LeftOutName]
    not_checked_because: NotRequired[dict[str, int]]
    protected_unsettled: NotRequired[dict[str, int]]
    pace: NotRequired[Pace]
    reopened_exposures: NotRequired[list[ReopenedExposure]]
    closed_since: NotRequired[list[Closed]]
    findings: list[WireFinding]
    stores: list[OpenStore]
    open: OpenTotal


class AboutIncident(TypedDict):
    """An incident by its title."""

    id: str
    state: str
    title: str


class AboutItem(TypedDict):
    """An item of evidence by its hash."""

    id: str
    incident: str
    name: str
    sha256: str


class KnownFinding(TypedDict):
    """One finding, and what the store knows of it."""

    schema: Literal["leakguard.known-finding/1"]
    finding: WireFinding
    run: str
    incidents: list[AboutIncident]
    evidence: list[AboutItem]
    closed: Closed | None
    last_look: str | None


QuietHours = TypedDict("QuietHours", {"zone": str, "from": str, "to": str, "days": list[str]})
"""When nothing is probed."""


class Scope(TypedDict):
    """What may be probed, by whose permission, until when."""

    scope: str
    organisation: str
    contact: str
    approved_by: str
    approved_at: str
    valid_from: str
    valid_until: str
    include: list[str]
    exclude: list[str]
    decoys: list[str]
    sampling: str
    limits: dict[str, float | int | None]
    quiet_hours: list[QuietHours]
    sha256: str


class Job(TypedDict):
    """A scan that was started here."""

    id: str
    what: Literal["scan", "verification"]
    started_at: Moment
    running: bool
    exit_code: int | None
    run: str | None
    result: Any
    problem: str | None


class Jobs(TypedDict):
    """The scans that this server has started."""

    scans: list[Job]
