"""A result in the formats that other systems and managers read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from leakguard.cli.options import Context
from leakguard.cli.writing import write_result
from leakguard.models.mutes import Mute
from leakguard.outputs.csv_text import csv_parts
from leakguard.outputs.markdown import markdown_parts
from leakguard.outputs.ocsf import ocsf_parts
from leakguard.outputs.sarif import sarif_parts
from leakguard.outputs.scan_paper import scan_paper
from leakguard.outputs.scan_view import RuleText, ScanView
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.scans.scan_assets import RESOURCE, ScanSummary

_WRITERS: Mapping[str, Callable[[ScanView], Iterable[str]]] = {
    "sarif": sarif_parts, "ocsf": ocsf_parts, "csv": csv_parts, "md": markdown_parts,
}  # fmt: skip


def view_of(context: Context, summary: ScanSummary, muted: Mapping[str, Mute], code: int) -> ScanView:
    """All that an output of a run is made from."""
    wiring = context.wiring
    rules = {
        check.id: RuleText(title=check.title, why=check.why, remediation=check.remediation_on())
        for check in wiring.checks
    }
    if summary.noun == RESOURCE:
        rules |= {
            check.id: RuleText(title=check.title, why=check.why, remediation=check.remediation)
            for check in wiring.cloud_checks
        }
    return ScanView(
        run=summary.run, counts=summary.counts, findings=found_of(summary.findings), rules=rules, muted=muted,
        is_interrupted=summary.is_interrupted, exit_code=code, made_at=wiring.now(), is_drill=wiring.settings.drill,
        unsettled=summary.unsettled,
    )  # fmt: skip


def write_view(context: Context, view: ScanView, output_format: str, output: str | None) -> None:
    """Write it to stdout, or to a file in one step."""
    if output_format == "html":
        page = context.wiring.report_maker("html").make(scan_paper(view))
        write_result([page.decode()], output)
    else:
        write_result(_WRITERS[output_format](view), output)
