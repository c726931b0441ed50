"""The scope, and scans that are started here."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import Moment
from leakguard.web.shapes.runs import LeftOutName, Pace

QuietHours = TypedDict("QuietHours", {"zone": str, "from": str, "to": str, "days": list[str]})
"""When nothing is probed."""


class ScopeRefusal(TypedDict):
    """Why a scope permits nothing today."""

    why: str
    next_step: str


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
    public: list[str]
    sampling: str
    default_accounts: dict[str, str] | None
    industrial: dict[str, str] | None
    limits: dict[str, float | int | None]
    quiet_hours: list[QuietHours]
    sha256: str
    file: str
    refused: ScopeRefusal | None
    not_scanned: list[str]


class Job(TypedDict):
    """A scan, or a run of automated steps, that was started here."""

    id: str
    what: Literal["scan", "verification", "steps"]
    started_at: Moment
    running: bool
    exit_code: int | None
    run: str | None
    result: Any
    problem: str | None
    progress: Annotated[dict[str, Any] | None, Meta(description="The latest `leakguard.progress/1`; null before it.")]
    incident: Annotated[str | None, Meta(description="Whose steps it does; null for a scan.")]


class Jobs(TypedDict):
    """The scans that this server has started."""

    scans: list[Job]


class EstimatedName(TypedDict):
    """A name that was resolved."""

    name: str
    addresses: int


class EstimatedQuiet(TypedDict):
    """Quiet hours that the scan may meet."""

    since: Moment
    until: Moment | None
    zone: str


class EstimatedBackend(TypedDict):
    """How many questions a backend may be asked, at most."""

    backend: str
    tables: int
    questions: int
    pages: int


class Estimate(TypedDict):
    """What a scan would do."""

    schema: Literal["leakguard.estimate/1"]
    scope: str
    endpoints: int
    done: int
    left: int
    addresses: int
    ports: list[int]
    names: list[EstimatedName]
    unresolved: list[str]
    left_out: list[LeftOutName]
    checks: list[str]
    limits: dict[str, float | int | None]
    binding_limit: str
    pace: Pace
    seconds: dict[str, float | int]
    connections: dict[str, int]
    ports_left_out: list[int]
    backends: list[EstimatedBackend]
    quiet_hours: list[EstimatedQuiet]
    identification: dict[str, Any]
