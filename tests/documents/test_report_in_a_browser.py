"""The report in a real browser: printed on A4, and on a screen in a dark room."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from leakguard.bundled import Bundled
from leakguard.documents.report_makers import report_maker
from leakguard.reports.compose import compose
from support.browser import browse, first_colour
from support.reports import english, full_report


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_a_report_prints_page_by_page_and_is_dark_in_the_dark(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_bytes(report_maker("html", Bundled()).make(compose(full_report(is_drill=True), english())))
    browse(page, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'printed.pdf'}")
    browse(page, "--blink-settings=preferredColorScheme=0", f"--screenshot={tmp_path / 'dark.png'}")
    printed = PdfReader(tmp_path / "printed.pdf")
    pages = ["".join(one.extract_text().split()) for one in printed.pages]
    width, height = (float(side) for side in printed.pages[0].mediabox[2:])

    assert (round(width), round(height)) == (595, 842)
    assert len(pages) >= 5
    assert [text for text in pages if "DRILL" not in text] == []
    assert [text for text in pages if "ledgerentry23,4c0fa249749ae100" not in text] == []
    assert all(f"{number}/{len(pages)}" in text for number, text in enumerate(pages, start=1))
    assert "E-3·24May07:42·9h12minlater" in "".join(pages)
    assert first_colour((tmp_path / "dark.png").read_bytes()) == (0x14, 0x18, 0x1C)
