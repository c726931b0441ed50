"""A cluster of our own as its owner sees it: names, sizes and settings, never a value."""

from __future__ import annotations

from datetime import datetime

from leakguard.frozen import Frozen


class IndexSeen(Frozen):
    """One index."""

    name: str
    records: int | None
    bytes: int | None
    created_at: datetime | None
    fields: tuple[tuple[str, str], ...] = ()
    """Names with their types, in the order of the mapping, dots between the levels."""
    is_cut: bool = False
    """Whether there are more fields than were read."""


class SettingSeen(Frozen):
    """One thing that decides who can reach the data."""

    name: str
    is_safe: bool | None
    """`None`: the cluster did not say, or a person has to judge."""
    told: str


class ClusterSeen(Frozen):
    """One cluster."""

    name: str
    id: str
    version: str
    node_count: int
    indices: tuple[IndexSeen, ...]
    settings: tuple[SettingSeen, ...]
    not_permitted: tuple[str, ...] = ()
    """What was asked and refused, by its path; what it would have told is not known."""
    left_out: int = 0
    """Indices beyond the cap, of which nothing is told."""
