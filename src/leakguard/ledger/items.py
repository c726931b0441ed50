"""Things that stand beside the ledger and whose hashes stand in it: findings."""

from __future__ import annotations

from dataclasses import dataclass

FINDINGS_RECORDED = "findings_recorded"
"""The kind of the entry that lists findings, with the SHA-256 of each one's canonical text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """A finding exactly as it is stored."""

    id: str
    run: str
    sequence: int
    """The entry that lists it."""
    position: int
    """Its place in that entry's list, from zero."""
    text: str
