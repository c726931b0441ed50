"""What the owner accepts: the mute list that counts, and the findings of a run that it mutes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from leakguard.errors import NotFound
from leakguard.frozen import replace
from leakguard.models.mutes import Mute
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.scans.scan_assets import ScanSummary

if TYPE_CHECKING:
    from leakguard.use_cases.fleets.fleet_tools import FleetSummary

Result = TypeVar("Result", "ScanSummary", "FleetSummary")
"""How a scan ended, whoever did it."""
USUAL = "mutes.yaml"


def mutes_file(named: str | None, by_settings: str) -> str | None:
    """The mute list: as named, as in leakguard.toml, or the usual one where it exists.

    Raises `NotFound` for one that was named and is not there.
    """
    wanted = named or by_settings
    if wanted and wanted != "-" and not Path(wanted).exists():
        raise NotFound(f"there is no mute list `{wanted}`", next_step="Write one: leakguard scan mute FINDING ...")
    return wanted or (USUAL if Path(USUAL).exists() else None)


def unmuted(summary: Result, muted: Mapping[str, Mute]) -> Result:
    """The result without the muted findings."""
    if not muted:
        return summary
    from leakguard.scanning.mutes import UnmutedFindings  # noqa: PLC0415  (most folders have no such list)

    return replace(summary, findings=UnmutedFindings(found_of(summary.findings), muted))


def marked(summary: Result, muted: Mapping[str, Mute]) -> Result:
    """The result with the muted findings marked."""
    if not muted:
        return summary
    from leakguard.scanning.mutes import MarkedFindings  # noqa: PLC0415  (as above)

    return replace(summary, findings=MarkedFindings(found_of(summary.findings), muted))
