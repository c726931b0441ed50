"""What the owner muted, applied to a result, and said on stderr."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from leakguard.cli.options import Context, read_text
from leakguard.errors import NotFound
from leakguard.frozen import replace
from leakguard.models.mutes import Mute
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.scans.scan_assets import ScanSummary

if TYPE_CHECKING:
    from leakguard.scanning.mutes import MuteList
    from leakguard.use_cases.fleets.fleet_tools import FleetSummary

Result = TypeVar("Result", "ScanSummary", "FleetSummary")
"""How a scan ended, whoever did it."""

USUAL = "mutes.yaml"


def mutes_file(context: Context, named: str | None) -> str | None:
    """The mute list of this command: as named, as in leakguard.toml, or the usual one where it exists.

    Raises `NotFound` for one that was named and is not there.
    """
    wanted = named or context.wiring.settings.mutes
    if wanted and wanted != "-" and not Path(wanted).exists():
        raise NotFound(f"there is no mute list `{wanted}`", next_step="Write one: leakguard scan mute FINDING ...")
    return wanted or (USUAL if Path(USUAL).exists() else None)


def mutes_of(context: Context, named: str | None) -> MuteList | None:
    """The mute list of this command; read before the first probe, so that a bad one hides nothing that a scan found.

    Raises `NotFound`, and `BadFile` with all problems of the list.
    """
    name = mutes_file(context, named)
    if name is None:
        return None
    from leakguard.scanning.mutes import parse_mutes  # noqa: PLC0415  (most folders have no such list)

    return parse_mutes(read_text(name), name=name, today=context.wiring.now().date())


def muted_in(context: Context, summary: ScanSummary | FleetSummary, read: MuteList | None) -> dict[str, Mute]:
    """The findings of a result that are muted today, by id; says how many there are, and which entries are over."""
    if read is None:
        return {}
    mutes = read.on(context.wiring.now().date())
    muted = mutes.among(found_of(summary.findings))
    if muted:
        noun = "open finding is" if len(muted) == 1 else "open findings are"
        context.notes.print(f"{len(muted):,} {noun} muted by the owner; --format json shows them")
    for mute in mutes.expired:
        context.notes.print(f"A mute ended on {mute.expires} and holds no more: {mute.named}")
    for check in _unknown_checks(context, mutes):
        context.notes.print(f"A mute names a check that does not exist, and mutes nothing: {check}")
    return muted


def _unknown_checks(context: Context, mutes: MuteList) -> tuple[str, ...]:
    """Misspelt ones, most likely; a check may also have gone since the entry was written, so it is no error."""
    named = dict.fromkeys(mute.check for mute in mutes.mutes if mute.check)
    unknown = tuple(check for check in named if check not in {each.id for each in context.wiring.checks})
    owned = {each.id for each in context.wiring.cloud_checks} if unknown else set()
    return tuple(check for check in unknown if check not in owned)


def unmuted(summary: Result, muted: Mapping[str, Mute]) -> Result:
    """The result without the muted findings."""
    if not muted:
        return summary
    from leakguard.scanning.mutes import Unmuted  # noqa: PLC0415  (as above)

    return replace(summary, findings=Unmuted(found_of(summary.findings), muted))


def marked(summary: Result, muted: Mapping[str, Mute]) -> Result:
    """The result with the muted findings marked."""
    if not muted:
        return summary
    from leakguard.scanning.mutes import Marked  # noqa: PLC0415  (as above)

    return replace(summary, findings=Marked(found_of(summary.findings), muted))
