"""What is open now, and one finding with all that is known of it."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from leakguard.models.wire import WireFinding
from leakguard.web.shapes.base import Moment, Next
from leakguard.web.shapes.overview import DataKind
from leakguard.web.shapes.runs import ChangeFields, Closed, Mute


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
    muted: Mute | None
    mute_list: str | None
    kinds: list[DataKind]
    place: str


class Sighting(ChangeFields):
    """What one run saw of a place."""

    run: str
    at: Moment


class PlaceHistory(TypedDict):
    """What the last runs saw at a place."""

    schema: Literal["leakguard.place-history/1"]
    finding: str
    check_id: str
    place: str
    open_since: Moment | None
    runs_read: int
    runs_left_out: int
    looks: list[Sighting]


class OpenNow(TypedDict):
    """What is open now, all pages together; what the owner accepts is counted in `muted` alone."""

    count: int
    muted: int
    unknown: int
    without_incident: int
    by_severity: dict[str, int]
    records: int
    bytes: int
    unsized: int
    without_records: int
    without_bytes: int
    oldest: Moment | None


class Exposure(TypedDict):
    """One check at one place that is open, or was when it was last answered for."""

    finding: str
    check_id: str
    place: str
    host: str | None
    address: str
    datastore: str
    product: str
    version: str | None
    severity: str
    outcome: str
    access: str
    standing: Literal["open", "unknown"]
    records: int | None
    bytes: int | None
    exact: bool
    categories: list[str]
    kinds: list[DataKind]
    ransomed: str
    decoy: str
    reason: str
    vantages: list[str]
    run: str
    open_since: Moment
    seen_at: Moment
    incidents: list[AboutIncident]
    muted: Mute | None


class Exposures(TypedDict):
    """A page of what is open now."""

    schema: Literal["leakguard.exposures/1"]
    now: Moment
    open: OpenNow
    exposures: list[Exposure]
    count: Annotated[int, Meta(description="How many fit what was asked for.")]
    next: Next


class Muted(TypedDict):
    """A finding that the owner accepts from now on."""

    finding: str
    mute_list: str
    muted: Mute


class NoLongerMuted(TypedDict):
    """A finding that the owner accepts no longer, and the entries that said so."""

    finding: str
    mute_list: str
    ended: list[Mute]
