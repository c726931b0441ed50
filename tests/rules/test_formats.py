"""Every format in which a scan can be asked for is said in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leakguard.cli.scan.printing import FORMATS

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[2]


def named_on(page: str) -> set[str]:
    """The formats that a page names: as code, or in a line that shows the option."""
    shown = " ".join(line for line in page.splitlines() if "--format" in line)
    return {name for name in FORMATS if f"`{name}`" in page or re.search(rf"\b{name}\b", shown)}


def test_one_page_names_every_format_of_a_scan() -> None:
    """But for the table, which everybody sees who asks for nothing."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    best = max((named_on(page.read_text(encoding="utf-8")) for page in pages), key=len)

    assert best >= set(FORMATS) - {"table"}
