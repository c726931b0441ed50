"""What a run saw, from findings and standings, for tests of the history."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.models.findings import Finding
from leakguard.scanning.history import History
from leakguard.scanning.sightings import RunFacts, SightingCollector, Sightings


def looks(
    history: History,
    *findings: Finding,
    done: Mapping[str, str] | None = None,
    facts: RunFacts | None = None,
    is_finished: bool = True,
) -> Sightings:
    """The looks of a run that found these findings and standings."""
    gathering = SightingCollector(history, facts or RunFacts(run="R-1"))
    for finding in findings:
        gathering.finding(finding)
    for key, standing in (done or {}).items():
        gathering.standing(key, standing)
    return gathering.looks(is_finished=is_finished)
