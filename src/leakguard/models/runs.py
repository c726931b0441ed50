"""Runs: what the ledger tells about one scan, as a line of an overview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One scan run, added up from its entries."""

    run: str
    started_at: datetime
    """When its first entry was recorded."""
    last_at: datetime
    """When its last entry was recorded."""
    finding_count: int
    target_count: int
    """Targets that the run has finished with."""
    outcomes: Mapping[str, int]
    """How many findings of each outcome."""
