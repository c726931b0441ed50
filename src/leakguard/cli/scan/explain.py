"""`leakguard scan --explain`: what was asked, what came back, which rule decided, printed. No answer is ever shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from leakguard.models.mutes import Mute
from leakguard.outputs.explanation import (
    explanation_lines,
)
from leakguard.outputs.words import printable
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.scans.explain import ExplainedEndpoint
from leakguard.use_cases.scans.scan_assets import ScanSummary

if TYPE_CHECKING:
    from leakguard.cli.options import Context


def print_explanation(context: Context, explained: Sequence[ExplainedEndpoint]) -> None:
    """Print it for a person; checks that do not apply are counted only."""
    for item in explained:
        context.say(printable(item.key))
        for line in explanation_lines(item):
            context.say(f"  {line}")


def print_muted(context: Context, summary: ScanSummary, muted: Mapping[str, Mute]) -> None:
    """Print which findings the owner accepted, by which entry of the list and until when: the table leaves them out."""
    for finding in found_of(summary.findings).some(list(muted)):
        mute = muted[finding.id]
        context.say(
            f"muted until {mute.expires} by {printable(mute.owner)}, who named {printable(mute.named)}: "
            f"{printable(mute.reason)}; {finding.check_id} at {printable(finding.place)}, {finding.id}"
        )
