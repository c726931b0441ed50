"""The history of a finding's place, as plain values."""

from __future__ import annotations

from typing import Any

from leakguard.models.findings import Finding
from leakguard.models.moments import to_z
from leakguard.use_cases.scans.exposure_changes import change_fields
from leakguard.use_cases.scans.place_history import PlaceHistory


def history_json(finding: Finding, found: PlaceHistory) -> dict[str, Any]:
    """The document `leakguard.place-history/1`."""
    since = found.since or finding.exposed_since.latest
    return {
        "schema": "leakguard.place-history/1", "finding": finding.id, "check_id": finding.check_id,
        "place": finding.place, "open_since": to_z(since) if since is not None else None,
        "runs_read": found.runs_read, "runs_left_out": found.runs_left_out,
        "looks": [
            {"run": look.run, "at": to_z(look.ended_at), **change_fields(look.change)} for look in found.looks
        ],
    }  # fmt: skip
