"""Runs, their findings, and what changed between two."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from msgspec import UNSET, UnsetType

from leakguard.models.wire import WireFinding
from leakguard.web.shapes.base import Day, Moment, Next


class RunLine(TypedDict):
    """One run of the list."""

    run: str
    started_at: Moment
    finished: bool
    running: bool
    targets: list[str]
    target_count: int
    by: str
    outcomes: dict[str, int]


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
    without_bytes: int


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


class Mute(TypedDict):
    """That the owner accepts it, until the end of a day."""

    reason: str
    owner: str
    expires: Day


class RunFinding(WireFinding):
    """A finding of a run, marked where the owner accepts it."""

    muted: Mute | UnsetType = UNSET


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
    default_accounts: NotRequired[dict[str, str]]
    industrial: NotRequired[dict[str, str]]
    ports_left_out: NotRequired[list[int]]
    pace: NotRequired[Pace]
    reopened_exposures: NotRequired[list[ReopenedExposure]]
    closed_since: NotRequired[list[Closed]]
    findings: list[RunFinding]
    stores: list[OpenStore]
    open: OpenTotal


class OpenInRun(TypedDict):
    """What a run saw open."""

    finding: str
    check_id: str
    place: str
    datastore: str
    product: str
    version: str | None
    severity: str
    outcome: str
    records: int | None
    bytes: int | None
    exact: bool
    muted: Mute | None


class RunSummary(TypedDict):
    """One run in numbers."""

    schema: Literal["leakguard.run-summary/1"]
    run: str
    started_at: Moment
    by: str
    finished: bool
    running: bool
    can_go_on: bool
    targets: list[str]
    target_count: int
    planned: int
    endpoints: dict[str, int]
    not_reached: int
    reasons: dict[str, int]
    unsettled: dict[str, int]
    unresolved: list[str]
    left_out: list[str]
    pace: Pace | None
    outcomes: dict[str, int]
    open_count: int
    by_severity: dict[str, int]
    open: list[OpenInRun]
    next: Next


class SeenLook(TypedDict):
    """What one look saw of an open place."""

    finding: str
    run: str
    vantage: str
    endpoint: str
    outcome: str
    access: str
    severity: str
    ransomed: str
    product: str | None
    version: str | None
    cluster_id: str | None
    records: int | None
    bytes: int | None


class ChangeFields(TypedDict):
    """What changed at a place."""

    change: str
    check_id: str
    target: str
    datastore: str
    fields: list[str]
    records_grown: int | None
    bytes_grown: int | None
    before: str | None
    after: str | None
    was: SeenLook | None
    now: SeenLook | None
    elsewhere: list[str]
    reason: str


class Change(ChangeFields):
    """A change as a document."""

    schema: Literal["leakguard.change/1"]


class Comparison(TypedDict):
    """What changed between two runs."""

    before: str
    after: str
    not_looked_at: dict[str, int]
    changes: list[Change]
