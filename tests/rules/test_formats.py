"""Every format in which a scan can be asked for is said in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leakguard.cli.scan.printing import FORMATS as SCAN_FORMATS

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[2]
LINES = [
    line
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    for line in page.read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("name", [name for name in SCAN_FORMATS if name != "table"])
def test_a_format_is_named_beside_its_option(name: str) -> None:
    """What a table is, everybody sees who asks for nothing."""
    assert any("--format" in line and re.search(rf"\b{name}\b", line) for line in LINES)
