"""A run in the formats that other systems read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from leakguard.outputs.csv_text import csv_parts
from leakguard.outputs.markdown import markdown_parts
from leakguard.outputs.ocsf import ocsf_parts
from leakguard.outputs.sarif import sarif_parts
from leakguard.outputs.scan_view import ScanView

WRITERS: Mapping[str, Callable[[ScanView], Iterable[str]]] = {
    "sarif": sarif_parts, "ocsf": ocsf_parts, "csv": csv_parts, "md": markdown_parts,
}  # fmt: skip
