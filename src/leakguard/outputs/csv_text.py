"""Findings as CSV (RFC 4180, UTF-8 with a mark at the front), for a spreadsheet; no cell is a formula there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from leakguard.models.findings import Finding
from leakguard.models.moments import to_z
from leakguard.models.texts import may_compute
from leakguard.outputs.data_words import data_values
from leakguard.outputs.scan_view import ScanView
from leakguard.outputs.words import printable

COLUMNS = (
    "finding", "run", "outcome", "severity", "check", "title", "target", "address", "host", "port", "transport",
    "vantage", "datastore", "product", "version", "access", "records", "bytes", "collections", "exact", "cluster_id",
    "ransomed", "decoy", "exposed_since_earliest", "exposed_since_latest", "observed_at", "reason", "remediation",
    "muted_until", "muted_because", "transcript_sha256", "data_kinds", "sensitive_by", "people_low", "people_high",
    "reason_code",
)  # fmt: skip
MARK = "\ufeff"
"""Without it a well-known spreadsheet reads UTF-8 as something else."""


def csv_parts(view: ScanView) -> Iterator[str]:
    """The head line, then one line a finding; lines end with CR LF. In a drill the first column says so."""
    first, mark = (("drill",), ("DRILL",)) if view.is_drill else ((), ())
    yield MARK + _line((*first, *COLUMNS))
    for finding in view.findings:
        yield _line((*mark, *_row(finding, view)))


def _row(finding: Finding, view: ScanView) -> tuple[object, ...]:
    verdict, since, mute = finding.verdict, finding.exposed_since, view.muted.get(finding.id)
    size = verdict.size
    sizes = (size.records, size.bytes, size.collections, size.exact) if size else (None,) * 4
    ends = (to_z(since.earliest) if since.earliest else None, to_z(since.latest) if since.latest else None)
    muted = (mute.expires.isoformat(), f"{mute.reason} ({mute.owner})") if mute else (None, None)
    return (
        finding.id, finding.run, verdict.outcome.value, verdict.severity.value, finding.check_id,
        view.title_of(finding.check_id), finding.target, finding.address, finding.host, finding.port or None,
        finding.transport, finding.vantage, finding.datastore, verdict.product, verdict.version, verdict.access.value,
        *sizes, verdict.cluster_id, verdict.ransomed.verdict, verdict.decoy.verdict.value, *ends,
        to_z(finding.observed_at), verdict.reason, finding.remediation, *muted, finding.proof.transcript_sha256,
        *_of_the_data(finding), verdict.reason_code.value if verdict.reason_code is not None else None,
    )  # fmt: skip


def _of_the_data(finding: Finding) -> tuple[object, ...]:
    values = data_values(finding.verdict.data)
    kinds, standards = (", ".join(values.get(name, ())) or None for name in ("data_kinds", "sensitive_by"))
    return kinds, standards, values.get("people_low"), values.get("people_high")


def _line(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return text.getvalue()


def _cell(value: object) -> str:
    """The text of a cell; one that a spreadsheet would run gets an apostrophe in front, and a number stays one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = printable(str(value), longest=1000)
    return f"'{text}" if isinstance(value, str) and may_compute(text) else text
