"""Incidents: a view over the events that belong together."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from leakguard.frozen import Frozen
from leakguard.models.events import Event


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    CLOSED = "closed"


class Incident(Frozen):
    """One incident, as told by its events in the order in which they were recorded."""

    id: str
    title: str
    state: IncidentState
    opened_at: datetime
    findings: tuple[str, ...]
    events: tuple[Event, ...]
    zone: str = "UTC"
    """The zone that local times without one are read in."""
